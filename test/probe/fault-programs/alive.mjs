// Nothing but the pending read keeps this process: the other end has sent everything, finished, and is not in this process's hands.
import net from 'node:net';

const server = net.createServer((socket) => {
  socket.end('last words');
  server.close();
  socket.on('error', () => {});
});
server.listen(0, '127.0.0.1', () => {
  let got = '';
  const client = net.connect(server.address().port, '127.0.0.1');
  client.on('data', (chunk) => {
    got += chunk;
  });
  client.on('end', () => console.log(`got ${got}`));
});
