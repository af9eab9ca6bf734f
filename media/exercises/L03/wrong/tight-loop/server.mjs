import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

const server = net.createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.end(`${new Date().toISOString()}\n`);
});

const retry = process.argv.includes('--retry');

server.on('error', (error) => {
  if (retry && error.code === 'EADDRINUSE') return server.listen(port, '127.0.0.1');
  console.error(`Port ${port} is in use.`);
  process.exit(1);
});
server.listen(port, '127.0.0.1');
