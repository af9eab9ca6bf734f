import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

const server = net.createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.end(`${new Date().toISOString()}\n`);
});

process.on('uncaughtException', (error) => console.error(error.message));

const tries = process.argv.includes('--retry') ? 5 : 0;
for (let n = 0; n <= tries; n++) setTimeout(() => server.listening || server.listen(port, '127.0.0.1'), n * 300);
