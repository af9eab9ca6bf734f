import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

const server = net.createServer((socket) => {
  socket.on('error', () => {});
  socket.once('data', (data) => socket.write(data));
  socket.on('end', () => socket.end());
});

server.listen(port, '127.0.0.1');
