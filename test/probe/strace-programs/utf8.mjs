// Multi-byte characters that arrive in halves, decoded by setEncoding.
import { once } from 'node:events';
import net from 'node:net';

const server = net.createServer((peer) => {
  peer.setEncoding('utf8');
  let text = '';
  let chunks = 0;
  peer.on('data', (chunk) => {
    chunks++;
    text += chunk;
    peer.write(`${chunks}\n`);
  });
  peer.on('end', () => {
    console.log(text, typeof text, chunks);
    peer.end('bye');
    server.close();
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const bytes = Buffer.from('žluťoučký 🐎 kůň');
const socket = net.connect({ port: server.address().port, host: '127.0.0.1' });
socket.setEncoding('latin1');
await once(socket, 'connect');
socket.write(bytes.subarray(0, 3));
console.log(JSON.stringify((await once(socket, 'data'))[0]));
socket.write(bytes.subarray(3, 15));
console.log(JSON.stringify((await once(socket, 'data'))[0]));
socket.write(bytes.subarray(15).toString('hex'), 'hex');
socket.once('data', () => socket.end());
socket.on('data', (t) => console.log(JSON.stringify(t)));
await once(socket, 'close');
