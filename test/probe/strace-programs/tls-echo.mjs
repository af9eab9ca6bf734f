// Class: tls
// TLS 1.3 over net: small and large messages, both ends in one process.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import tls from 'node:tls';

const file = (name) => readFileSync(new URL(`certificate/${name}.pem`, import.meta.url));
const server = tls.createServer({ key: file('key'), cert: file('cert') }, (peer) => {
  peer.on('data', (chunk) => peer.write(chunk));
  peer.on('end', () => peer.end());
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const socket = tls.connect({ port: server.address().port, host: '127.0.0.1', servername: 'localhost', ca: file('cert') });
await once(socket, 'secureConnect');
console.log(socket.getProtocol(), socket.authorized);
for (const size of [5, 1000, 20_000, 200_000]) {
  socket.write(Buffer.alloc(size));
  let got = 0;
  while (got < size) got += (await once(socket, 'data'))[0].length;
  console.log(got);
}
socket.end();
await once(socket, 'close');
server.close();
