import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

import { pipeline, Readable } from 'node:stream';
import { setInterval as every } from 'node:timers/promises';

async function* ticks(signal) {
  let n = 0;
  for await (const _ of every(10, undefined, { signal })) yield `${++n}\n`;
}

let open = 0;

const server = net.createServer((socket) => {
  open++;
  const gone = new AbortController();
  socket.resume();
  socket.on('end', () => gone.abort());
  socket.on('close', () => gone.abort());
  pipeline(Readable.from(ticks(gone.signal)), socket, () => {
    gone.abort();
    socket.destroy();
    console.log(`${--open} left`);
  });
});
server.listen(port, '127.0.0.1');
