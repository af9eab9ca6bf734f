// Class: tls
// Both sides show a certificate; ALPN, SNI, many small messages, one in pieces.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import tls from 'node:tls';

const file = (name) => readFileSync(new URL(`../strace-programs/certificate/${name}.pem`, import.meta.url));
const identity = { key: file('key'), cert: file('cert'), ca: file('cert') };
const server = tls.createServer(
  {
    ...identity,
    requestCert: true,
    rejectUnauthorized: true,
    ALPNProtocols: ['count', 'other'],
    SNICallback: (_name, done) => setTimeout(() => done(null, tls.createSecureContext(identity)), 5),
  },
  (socket) => {
    socket.setEncoding('utf8');
    let count = 0;
    socket.on('data', (text) => {
      count += text.split('\n').length - 1;
      if (count >= 50) socket.end(`counted ${count}\n`);
    });
  },
);
await once(server.listen(0, '127.0.0.1'), 'listening');
const socket = tls.connect({
  ...identity,
  port: server.address().port,
  host: '127.0.0.1',
  servername: 'localhost',
  ALPNProtocols: ['count'],
});
await once(socket, 'secureConnect');
console.log(socket.alpnProtocol);
for (let i = 0; i < 49; i++) {
  socket.write(`line ${i}\n`);
  if (i % 10 === 0) await new Promise((done) => setImmediate(done));
}
socket.cork();
for (const part of ['la', 'st', '\n']) socket.write(part);
socket.uncork();
console.log(String((await once(socket, 'data'))[0]).trim());
await once(socket, 'close');
const anonymous = tls.connect({ ca: identity.ca, port: server.address().port, host: '127.0.0.1', servername: 'localhost' });
anonymous.on('error', () => {});
anonymous.resume();
await new Promise((done) => anonymous.on('close', done));
server.close();
