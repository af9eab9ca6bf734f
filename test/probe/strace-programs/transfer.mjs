// 1 MiB in pieces of 64 KiB, with backpressure.
import net from 'node:net';

const total = 1024 * 1024;
const server = net.createServer((socket) => {
  let count = 0;
  socket.on('data', (chunk) => {
    count += chunk.length;
  });
  socket.on('end', () => {
    if (count !== total) throw new Error(`${count} bytes`);
    server.close();
  });
});
server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1', async () => {
    for (let sent = 0; sent < total; sent += 65536)
      if (!client.write(Buffer.alloc(65536, 'x'))) await new Promise((resolve) => client.once('drain', resolve));
    client.end();
  });
  client.resume();
});
