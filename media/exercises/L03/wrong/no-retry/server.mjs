import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

const server = net.createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.end(`${new Date().toISOString()}\n`);
});

server.on('error', (error) => {
  console.error(`Port ${port} is in use by another program (${error.code}).`);
  process.exitCode = 1;
});
server.listen(port, '127.0.0.1');
