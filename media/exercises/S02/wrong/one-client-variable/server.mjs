import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

let client;
const server = net.createServer((socket) => {
  client = socket;
  socket.on('error', () => {});
  socket.on('data', (data) => client.write(data));
  socket.on('end', () => socket.end());
});

server.listen(port, '127.0.0.1');
