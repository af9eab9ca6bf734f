import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

const server = net.createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.end(`${new Date().toISOString()}\n`);
});

try {
  server.listen(port, '127.0.0.1', () => console.log(`listening on port ${port}`));
} catch (error) {
  console.error(`Port ${port} is in use.`);
  process.exit(1);
}
