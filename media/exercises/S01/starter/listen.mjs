import net from 'node:net';

const server = net.createServer(); // A

server.listen(0, '127.0.0.1', () => {
  // B
  console.log(server.address());
  setTimeout(() => server.close(), 200);
});
