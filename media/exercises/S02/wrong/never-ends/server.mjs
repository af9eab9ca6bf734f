import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

const server = net.createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('error', () => {});
  socket.on('data', (data) => socket.write(data));
});

server.listen(port, '127.0.0.1');
