// The server says goodbye first; then a client that goes away while it still connects.
import net from 'node:net';

const server = net.createServer((socket) => socket.end('goodbye'));
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const client = net.connect(port, '127.0.0.1');
  client.on('data', () => {});
  client.on('close', () => {
    const impatient = net.connect(port, '127.0.0.1');
    impatient.destroy();
    setTimeout(() => server.close(), 30);
  });
});
