// Several writes that leave in one writev, in several encodings.
import net from 'node:net';

const server = net.createServer((socket) => {
  socket.on('data', () => {});
  socket.on('end', () => socket.end());
  socket.on('close', () => server.close());
});
server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1', () => {
    client.cork();
    client.write('one ');
    client.write('zwei äöü ');
    client.write(Buffer.from('three '));
    client.write('666f7572', 'hex');
    client.uncork();
    setTimeout(() => {
      client.write('latin äöü', 'latin1');
      client.write('wide', 'utf16le');
      client.end('last');
    }, 20);
  });
  client.resume();
});
