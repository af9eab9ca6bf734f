// Class: tls
// HTTPS through a tunnel: TLS on a socket that already carried HTTP, a download with a slow reader.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import tls from 'node:tls';

const file = (name) => readFileSync(new URL(`../strace-programs/certificate/${name}.pem`, import.meta.url));
const origin = https.createServer({ key: file('key'), cert: file('cert') }, (_req, res) => res.end(Buffer.alloc(600_000)));
await once(origin.listen(0, '127.0.0.1'), 'listening');
const proxy = http.createServer().on('connect', (req, socket) => {
  const other = net.connect(Number(req.url.split(':')[1]), '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    socket.pipe(other).pipe(socket);
  });
  other.on('error', () => {});
  socket.on('error', () => {});
});
await once(proxy.listen(0, '127.0.0.1'), 'listening');
const ask = http.request({
  host: '127.0.0.1',
  port: proxy.address().port,
  method: 'CONNECT',
  path: `x:${origin.address().port}`,
  agent: false,
});
ask.end();
const [, socket] = await once(ask, 'connect');
const secure = tls.connect({ socket, servername: 'localhost', ca: file('cert') });
await once(secure, 'secureConnect');
const req = https.get({ createConnection: () => secure, host: 'localhost', path: '/', headers: { Connection: 'close' } });
const [res] = await once(req, 'response');
let size = 0;
for await (const chunk of res) {
  size += chunk.length;
  await new Promise((done) => setImmediate(done));
}
console.log(size);
proxy.close();
origin.close();
proxy.closeAllConnections();
