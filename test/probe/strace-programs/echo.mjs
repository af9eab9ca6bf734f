// Both ends of an echo in one process.
import net from 'node:net';

const server = net.createServer((socket) => {
  socket.on('data', (chunk) => socket.write(chunk));
  socket.on('close', () => server.close());
});
server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1', () => {
    client.write('hello, ');
    client.write('socket!');
  });
  let count = 0;
  client.on('data', (chunk) => {
    count += chunk.length;
    if (count === 14) client.end();
  });
});
