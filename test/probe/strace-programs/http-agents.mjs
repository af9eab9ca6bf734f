// Keep-alive agents, chunked uploads, pipelining, upgrade, closeAllConnections.
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';

const server = http.createServer(async (req, res) => {
  let size = 0;
  for await (const chunk of req) size += chunk.length;
  res.setHeader('Date', 'now');
  res.end(`${req.method} ${req.url} ${size}`);
});
server.on('upgrade', (_req, socket, head) => {
  socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n');
  if (head.length) socket.write(head);
  socket.on('data', (d) => socket.write(d));
  socket.on('end', () => socket.end());
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const { port } = server.address();
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const ask = (path, body) =>
  new Promise((done, fail) => {
    const req = http.request({ port, host: '127.0.0.1', path, agent, method: body ? 'POST' : 'GET' }, async (res) => {
      let text = '';
      for await (const chunk of res) text += chunk;
      done(`${res.statusCode} ${text} ${req.reusedSocket}`);
    });
    req.on('error', fail);
    for (const part of body ?? []) req.write(part);
    req.end();
  });
console.log(await Promise.all([ask('/a'), ask('/b'), ask('/c', ['one', 'two', Buffer.alloc(70_000)])]));
const raw = net.connect(port, '127.0.0.1');
raw.write('GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n');
raw.write('GET /3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
let text = '';
raw.on('data', (d) => (text += d));
await once(raw, 'close');
console.log(text.match(/GET \/\d \d/g));
const upgrading = http.request({ port, host: '127.0.0.1', headers: { Connection: 'Upgrade', Upgrade: 'echo' } });
upgrading.end();
const [, socket] = await once(upgrading, 'upgrade');
socket.write('ping');
console.log(String((await once(socket, 'data'))[0]));
socket.end();
await once(socket, 'close');
console.log(Object.keys(agent.freeSockets).length);
server.close(() => console.log('closed'));
server.closeAllConnections();
