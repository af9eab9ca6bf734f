// Connections that end in a reset: asked for, and by closing with bytes unread.
import net from 'node:net';

let round = 0;
const server = net.createServer((socket) => {
  socket.on('error', (error) => console.log('server', error.code));
  round++;
  if (round === 1) socket.resetAndDestroy();
  else socket.on('data', () => {});
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const first = net.connect(port, '127.0.0.1');
  first.on('error', (error) => console.log('client', error.code));
  first.on('close', () => {
    const second = net.connect(port, '127.0.0.1', () => {
      second.write('some');
      setTimeout(() => second.resetAndDestroy(), 20);
    });
    second.on('close', () => server.close());
  });
  first.resume();
});
