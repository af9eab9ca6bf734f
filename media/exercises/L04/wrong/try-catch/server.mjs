import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

const clients = new Set();
let number = 0;

const server = net.createServer((socket) => {
  clients.add(socket);
  socket.resume();
  socket.on('end', () => {
    clients.delete(socket);
    console.log(`${clients.size} left`);
  });
});

setInterval(() => {
  number += 1;
  for (const client of clients) {
    try {
      client.write(`${number}\n`);
    } catch {
      clients.delete(client);
    }
  }
}, 10);

server.listen(port, '127.0.0.1');
