// 40 connections, some at the same time, so that descriptors are used again.
import net from 'node:net';

const server = net.createServer((socket) => {
  socket.on('data', (chunk) => socket.end(chunk));
});
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  for (let wave = 0; wave < 8; wave++) {
    const clients = Array.from({ length: 5 }, (_, index) => {
      const client = net.connect(port, '127.0.0.1', () => client.write(`number ${wave * 5 + index}`));
      client.resume();
      return new Promise((resolve) => client.once('close', resolve));
    });
    await Promise.all(clients);
  }
  server.close();
});
