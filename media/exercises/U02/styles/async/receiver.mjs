import dgram from 'node:dgram';

const port = Number(process.env.PORT ?? 4000);

import { on } from 'node:events';

const socket = dgram.createSocket('udp4');
socket.bind(port, '127.0.0.1');

const stop = new AbortController();
const numbers = new Map();
let total = 0;
let quiet;

try {
  for await (const [datagram] of on(socket, 'message', { signal: stop.signal })) {
    clearTimeout(quiet);
    quiet = setTimeout(() => stop.abort(), 500);
    const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
    total = view.getUint32(4);
    numbers.set(view.getUint32(0), (numbers.get(view.getUint32(0)) ?? 0) + 1);
  }
} catch (error) {
  if (error.name !== 'AbortError') throw error;
}
socket.close();

let twice = 0;
for (const count of numbers.values()) twice += count - 1;
const missing = Array.from({ length: total }, (_, n) => n).filter((n) => !numbers.has(n));
process.stdout.write(`received ${numbers.size}\ntwice ${twice}\n${['missing', ...missing].join(' ')}\n`);
