// More connections than the server wants: the rest are dropped at once.
import { once } from 'node:events';
import net from 'node:net';

const peers = [];
const server = net.createServer((peer) => {
  peers.push(peer);
  peer.on('error', () => {});
  peer.resume();
});
server.maxConnections = 2;
let dropped = 0;
server.on('drop', () => dropped++);
await once(server.listen(0, '127.0.0.1'), 'listening');
const clients = Array.from({ length: 5 }, () => net.connect(server.address().port, '127.0.0.1'));
let gone = 0;
await new Promise((done) => {
  for (const client of clients) {
    client.on('error', () => {});
    client.on('close', () => ++gone === 3 && done());
    client.resume();
  }
});
console.log(dropped, gone, peers.length);
server.close();
for (const client of clients) client.destroy();
