import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

const server = net.createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.end(`${new Date().toISOString()}\n`);
});

const retry = process.argv.includes('--retry');
let left = 5;

server.on('error', (error) => {
  if (retry && left-- > 0) return setTimeout(() => server.listen(port, '127.0.0.1'), 300);
  console.log(`Port ${port} is in use: ${error.code}`);
});
server.listen(port, '127.0.0.1');
