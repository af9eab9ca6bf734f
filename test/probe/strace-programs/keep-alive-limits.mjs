// Keep-alive times that the kernel refuses, and the calls that libuv then leaves out; times that it takes.
import net from 'node:net';

const server = net.createServer((socket) => socket.on('end', () => socket.end()).resume());
server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1', () => {
    client.setKeepAlive(true, 40_000_000);
    client.setKeepAlive(true, 32_767_000);
    client.setKeepAlive(true, 1000);
    client.setKeepAlive(false);
    client.end('x');
  });
  client.on('close', () => server.close());
});
