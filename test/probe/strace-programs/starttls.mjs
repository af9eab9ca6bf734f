// Class: tls
// A connection that is plain at first and becomes TLS at both ends.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';

const file = (name) => readFileSync(new URL(`certificate/${name}.pem`, import.meta.url));
const secureContext = tls.createSecureContext({ key: file('key'), cert: file('cert') });
const server = net.createServer((peer) => {
  peer.write('hello, say STARTTLS\n');
  peer.once('data', () => {
    peer.write('go\n');
    const secure = new tls.TLSSocket(peer, { isServer: true, secureContext });
    secure.on('data', (chunk) => secure.end(`secretly ${chunk}`));
  });
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const socket = net.connect(server.address().port, '127.0.0.1');
console.log(String((await once(socket, 'data'))[0]));
socket.write('STARTTLS\n');
console.log(String((await once(socket, 'data'))[0]));
const secure = tls.connect({ socket, servername: 'localhost', ca: file('cert') });
await once(secure, 'secureConnect');
secure.write('whispered');
console.log(String((await once(secure, 'data'))[0]));
await once(secure, 'close');
server.close();
