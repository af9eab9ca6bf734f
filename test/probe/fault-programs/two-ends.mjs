// For strace: connects twice, sends both ways in pieces and large, and closes in different ways.
import net from 'node:net';

const server = net.createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('error', () => {});
  socket.on('data', (chunk) => socket.write(chunk));
  socket.on('end', () => socket.end('end'));
});
server.listen(0, '127.0.0.1', async () => {
  for (const text of ['hello there', 'x'.repeat(3000)]) {
    await new Promise((resolve) => {
      const client = net.connect(server.address().port, '127.0.0.1', () => client.end(text));
      client.on('error', () => {});
      client.resume();
      client.on('close', resolve);
    });
  }
  server.close();
});
