import net from 'node:net';

let client;
const server = net.createServer((socket) => {
  client = socket;
  socket.on('error', () => {});
  socket.on('data', (chunk) => client.write(chunk));
});

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => console.log('listening on', server.address().port));
