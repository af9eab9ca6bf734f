// Writes 12 MiB as fast as the other end takes them, and measures how long (ms) it had to wait.
import net from 'node:net';

const total = 12 * 1024 * 1024;
const chunk = Buffer.alloc(64 * 1024, 'x');
let waited = 0;
const server = net.createServer((socket) => {
  socket.resume();
  socket.on('error', (error) => console.log('server', error.code, error.syscall));
  socket.on('end', () => socket.end());
});
server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1');
  let sent = 0;
  const more = () => {
    while (sent < total) {
      sent += chunk.length;
      if (!client.write(chunk)) {
        const began = Date.now();
        client.once('drain', () => {
          waited += Date.now() - began;
          more();
        });
        return;
      }
    }
    client.end();
  };
  client.on('connect', more);
  client.on('error', (error) => console.log('client', error.code));
  client.on('close', (failed) => {
    console.log(JSON.stringify({ waited, sent: client.bytesWritten, failed }));
    server.close();
  });
});
