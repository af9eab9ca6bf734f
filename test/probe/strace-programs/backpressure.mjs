// A writer that waits for drain, a reader that pauses and resumes.
import { once } from 'node:events';
import net from 'node:net';

const server = net.createServer((peer) => {
  let got = 0;
  peer.on('data', (chunk) => {
    got += chunk.length;
    peer.pause();
    setImmediate(() => peer.resume());
  });
  peer.on('end', () => {
    peer.end(String(got));
    server.close();
  });
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const socket = net.connect(server.address().port, '127.0.0.1');
await once(socket, 'connect');
let waits = 0;
for (let i = 0; i < 60; i++) {
  if (!socket.write(Buffer.alloc(100_000, 65 + (i % 26)))) {
    waits++;
    await once(socket, 'drain');
  }
}
socket.end();
let answer = '';
for await (const chunk of socket) answer += chunk;
console.log(answer, waits > 0);
