import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

const server = net.createServer((socket) => {
  socket.on('error', () => {});
  socket.on('data', (data) => socket.write(data.toString()));
  socket.on('end', () => socket.end());
});

server.listen(port, '127.0.0.1');
