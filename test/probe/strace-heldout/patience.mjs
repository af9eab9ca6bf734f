// A server that loses patience: headers that do not come, a body that does not, a client that is idle.
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';

const server = http.createServer(
  { headersTimeout: 60, requestTimeout: 90, keepAliveTimeout: 40, connectionsCheckingInterval: 20 },
  (req, res) => req.resume().on('end', () => res.end('ok')),
);
await once(server.listen(0, '127.0.0.1'), 'listening');
const visit = async (...parts) => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  for (const part of parts) {
    socket.write(part);
    await new Promise((done) => setTimeout(done, 10));
  }
  let text = '';
  socket.on('data', (chunk) => (text += chunk));
  socket.on('error', () => {});
  await new Promise((done) => socket.on('close', done));
  return text.split(' ')[1];
};
console.log(
  await Promise.all([
    visit('GET / HT', 'TP/1.1\r\nHost: '),
    visit('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n', 'abc'),
    visit('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
    visit('BREW / HTTP/1.1\r\n\r\n'),
  ]),
);
server.close();
