// Class: tls
// TLS 1.2, a resumed session, a client that does not trust the server, a client that is no TLS.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';

const file = (name) => readFileSync(new URL(`certificate/${name}.pem`, import.meta.url));
const server = tls.createServer({ key: file('key'), cert: file('cert'), maxVersion: 'TLSv1.2' }, (peer) => {
  peer.on('error', () => {});
  peer.end(`reused ${peer.isSessionReused()}`);
});
server.on('tlsClientError', (error) => console.log('server', error.code));
await once(server.listen(0, '127.0.0.1'), 'listening');
const { port } = server.address();
let session;
for (let i = 0; i < 2; i++) {
  const socket = tls.connect({ port, host: '127.0.0.1', servername: 'localhost', ca: file('cert'), session });
  socket.on('session', (fresh) => {
    session = fresh;
  });
  let text = '';
  for await (const chunk of socket) text += chunk;
  console.log(text);
}
const wary = tls.connect({ port, host: '127.0.0.1' });
console.log((await once(wary, 'error').catch((error) => [error]))[0].code);
const plain = net.connect(port, '127.0.0.1', () => plain.write('GET / HTTP/1.0\r\n\r\n'));
plain.on('error', () => {});
plain.resume();
await once(plain, 'close');
server.close();
