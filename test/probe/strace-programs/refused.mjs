// Nobody listens there: a port that was free a moment ago.
import net from 'node:net';

const server = net.createServer();
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  server.close(() => {
    const client = net.connect(port, '127.0.0.1');
    client.on('error', (error) => console.log(error.code));
  });
});
