import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

const server = net.createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.end(`${new Date().toISOString()}\n`);
});

function start(left) {
  const attempt = net.createServer();
  attempt.on('connection', (socket) => server.emit('connection', socket));
  attempt.once('error', (error) => {
    if (error.code === 'EADDRINUSE' && left > 0) return setTimeout(start, 400, left - 1);
    console.error(`Port ${port}: ${error.message}. Choose another one with PORT=...`);
    process.exit(1);
  });
  attempt.listen({ port, host: '127.0.0.1' });
}

start(process.argv.includes('--retry') ? 5 : 0);
