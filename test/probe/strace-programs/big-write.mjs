// One write that is far too big for the send buffer: libuv keeps the rest.
import net from 'node:net';

const total = 6 * 1024 * 1024;
const server = net.createServer((socket) => {
  let count = 0;
  socket.on('data', (chunk) => {
    count += chunk.length;
    if (count === total) socket.end('done');
  });
});
server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1', () => client.end(Buffer.alloc(total, 'x')));
  client.resume();
  client.on('close', () => server.close());
});
