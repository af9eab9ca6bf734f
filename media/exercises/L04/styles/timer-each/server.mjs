import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

const server = net.createServer((socket) => {
  let n = 0;
  const timer = setInterval(() => {
    if (socket.writable) socket.write(`${++n}\n`);
  }, 10);
  socket.on('data', () => {});
  socket.once('close', () => clearInterval(timer));
  socket.once('error', () => socket.destroy());
});
server.listen(port, '127.0.0.1');
