import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);
const CHUNK = 64 * 1024;
const CHUNKS = 1024;
const chunk = (n) => Buffer.alloc(CHUNK, n % 251);

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

function* chunks() {
  for (let n = 0; n < CHUNKS; n++) yield chunk(n);
}

const socket = net.connect(port, '127.0.0.1');
await pipeline(Readable.from(chunks()), socket);
socket.on('error', () => {});
