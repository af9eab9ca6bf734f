import net from 'node:net';

const server = net.createServer((socket) => {
  socket.on('error', () => {});
  socket.on('data', (chunk) => socket.end(chunk));
});

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => console.log('listening on', server.address().port));
