import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

const server = net.createServer((socket) => {
  let number = 0;
  socket.resume();
  socket.on('error', () => {});
  setInterval(() => {
    number += 1;
    socket.write(`${number}\n`);
  }, 10);
});

server.listen(port, '127.0.0.1');
