import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

const server = net.createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.end(`${new Date().toISOString()}\n`);
});

const retry = process.argv.slice(2).includes('--retry');
let pause = 100;
let attempts = 0;

server.on('listening', () => console.log('ready'));
server.on('error', (error) => {
  if (error.code === 'EADDRINUSE' && retry && attempts < 5) {
    attempts += 1;
    setTimeout(() => server.listen(port, '127.0.0.1'), pause);
    pause *= 2;
  } else {
    console.error(`The port ${port} cannot be used (${error.code}).`);
    process.exitCode = 1;
  }
});
server.listen(port, '127.0.0.1');
