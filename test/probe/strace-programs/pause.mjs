// A reader that pauses before, in the middle of and after what comes; read() by hand; unshift.
import { once } from 'node:events';
import net from 'node:net';

const server = net.createServer({ pauseOnConnect: true }, (peer) => {
  setTimeout(() => peer.resume(), 20);
  peer.once('data', () => {
    peer.pause();
    setTimeout(() => peer.resume(), 20);
  });
  peer.on('end', () => peer.end(Buffer.alloc(50_000)));
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const socket = net.connect(server.address().port, '127.0.0.1');
for (let i = 0; i < 30; i++) socket.write(Buffer.alloc(10_000));
socket.end();
let size = 0;
socket.on('readable', () => {
  for (let chunk = socket.read(1000); chunk !== null; chunk = socket.read(1000)) size += chunk.length;
});
socket.once('readable', () => socket.unshift('more'));
await once(socket, 'end');
console.log(size);
server.close();
