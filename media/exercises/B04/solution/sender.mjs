// Sends 64 MiB to a server, no faster than the server reads.
import { once } from 'node:events';
import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);
const CHUNK = 64 * 1024;
const CHUNKS = 1024;

/** The n-th chunk. You need not change it: the server knows what it should get. */
function chunk(n) {
  return Buffer.alloc(CHUNK, n % 251);
}

const socket = net.connect(port, '127.0.0.1');
socket.on('error', (error) => console.error(error.message));
await once(socket, 'connect');
for (let n = 0; n < CHUNKS; n++) {
  // false: enough bytes wait in this process. 'drain' comes when they have gone to the kernel.
  if (!socket.write(chunk(n))) await once(socket, 'drain');
}
socket.end();
