import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

process.on('uncaughtException', (error) => console.error(error.message));

const clients = new Set();
let number = 0;

const server = net.createServer((socket) => {
  clients.add(socket);
  socket.resume();
  socket.on('close', () => clients.delete(socket));
});

setInterval(() => {
  number += 1;
  for (const client of clients) if (client.writable) client.write(`${number}\n`);
}, 10);

server.listen(port, '127.0.0.1');
