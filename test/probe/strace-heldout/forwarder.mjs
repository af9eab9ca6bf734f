// An HTTP proxy with CONNECT, and a request through it.
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';

const origin = http.createServer((req, res) => {
  res.writeHead(200, { 'Content-Type': 'text/plain', 'X-Path': req.url });
  for (let i = 0; i < 5; i++) res.write(`part ${i} `);
  res.end('done');
});
await once(origin.listen(0, '127.0.0.1'), 'listening');
const proxy = http.createServer((req, res) => {
  const target = new URL(req.url);
  const onward = http.request(
    { host: target.hostname, port: target.port, path: target.pathname, method: req.method, headers: req.headers },
    (back) => {
      res.writeHead(back.statusCode, back.headers);
      back.pipe(res);
    },
  );
  req.pipe(onward);
});
proxy.on('connect', (req, socket, head) => {
  const [host, port] = req.url.split(':');
  const other = net.connect(Number(port), host, () => {
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    other.write(head);
    other.pipe(socket);
    socket.pipe(other);
  });
  other.on('error', () => socket.destroy());
  socket.on('error', () => other.destroy());
});
await once(proxy.listen(0, '127.0.0.1'), 'listening');
const { port } = proxy.address();
const place = `127.0.0.1:${origin.address().port}`;
const plain = http.get({ host: '127.0.0.1', port, path: `http://${place}/plain`, agent: false });
const [answer] = await once(plain, 'response');
console.log(answer.headers['x-path'], (await answer.toArray()).join('').length);
const tunnel = http.request({ host: '127.0.0.1', port, method: 'CONNECT', path: place, agent: false });
tunnel.end();
const [, socket] = await once(tunnel, 'connect');
const inside = http.get({ createConnection: () => socket, host: place, path: '/inside', headers: { Connection: 'close' } });
const [reply] = await once(inside, 'response');
console.log(reply.headers['x-path'], (await reply.toArray()).join('').length);
const nowhere = http.request({ host: '127.0.0.1', port, method: 'CONNECT', path: '127.0.0.1:1', agent: false });
nowhere.end();
console.log((await once(nowhere, 'error').catch((e) => [e]))[0].code);
proxy.close();
origin.close();
proxy.closeAllConnections();
origin.closeAllConnections();
