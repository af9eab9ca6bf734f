// Every encoding, alone and corked together.
import { once } from 'node:events';
import net from 'node:net';

const server = net.createServer((peer) => peer.pipe(peer));
await once(server.listen(0, '127.0.0.1'), 'listening');
const socket = net.connect(server.address().port, '127.0.0.1');
await once(socket, 'connect');
const words = [
  ['žluťoučký 🐎', 'utf8'],
  ['grün', 'latin1'],
  ['plain', 'ascii'],
  ['breit', 'utf16le'],
  ['YmFzZQ==', 'base64'],
  ['dXJs', 'base64url'],
  ['68657861', 'hex'],
];
for (const [text, encoding] of words) {
  socket.write(text, encoding);
  console.log(encoding, (await once(socket, 'data'))[0].length);
}
socket.cork();
for (const [text, encoding] of words) socket.write(text, encoding);
socket.write(Buffer.from('bytes'));
socket.write(new Uint8Array(3));
process.nextTick(() => socket.uncork());
console.log((await once(socket, 'data'))[0].length);
socket.setDefaultEncoding('latin1');
socket.write('é');
console.log((await once(socket, 'data'))[0].length);
socket.end('ende');
console.log((await once(socket, 'data'))[0].length);
await once(socket, 'close');
server.close();
