import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

const server = net.createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.end(`${new Date().toISOString()}\n`);
});

server.on('error', () => {
  console.error(`Port ${port} is in use.`);
  process.exit(1);
});
// Another port will do.
const taken = net.connect(port, '127.0.0.1');
taken.on('connect', () => {
  taken.destroy();
  server.listen(0, '127.0.0.1');
});
taken.on('error', () => server.listen(port, '127.0.0.1'));
