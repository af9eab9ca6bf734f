import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

import { finished } from 'node:stream';

const clients = new Map();
let id = 0;

const server = net.createServer((socket) => {
  const own = ++id;
  clients.set(own, socket);
  socket.resume();
  finished(socket, () => {
    clients.delete(own);
    process.stdout.write(`${clients.size} left\n`);
  });
  socket.on('error', () => {});
});

let tick = 0;
setInterval(() => {
  tick++;
  for (const socket of clients.values()) if (!socket.destroyed && !socket.writableEnded) socket.write(`${tick}\n`);
}, 10);

server.listen(port, '127.0.0.1');
