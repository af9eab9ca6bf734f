// One Socket object used for three connections; a server that listens, closes, listens again.
import { once } from 'node:events';
import net from 'node:net';

const server = net.createServer((peer) => peer.on('data', (d) => peer.end(`re: ${d}`)));
await once(server.listen(0, '127.0.0.1'), 'listening');
let { port } = server.address();
const s = new net.Socket();
for (let i = 0; i < 3; i++) {
  s.connect(port, '127.0.0.1');
  await once(s, 'connect');
  s.write(`time ${i}`);
  s.once('data', (d) => console.log(String(d), s.bytesRead, s.bytesWritten));
  await once(s, 'close');
}
await new Promise((r) => server.close(r));
const gone = net.connect(port, '127.0.0.1');
gone.on('error', (e) => console.log(e.code, e.message.replace(String(port), 'PORT')));
await new Promise((r) => gone.on('close', r));
await once(server.listen(0, '127.0.0.1'), 'listening');
({ port } = server.address());
s.connect({ port, host: '127.0.0.1', noDelay: true, keepAlive: true, keepAliveInitialDelay: 1000 });
s.end('again');
s.once('data', (d) => console.log(String(d)));
await once(s, 'close');
server.close();
