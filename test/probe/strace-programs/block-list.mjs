import { once } from 'node:events';
import net from 'node:net';

const blocked = new net.BlockList();
blocked.addAddress('127.0.0.5');
const server = net.createServer({ blockList: blocked }, (peer) => {
  console.log(blocked.check(peer.remoteAddress), peer.remoteAddress);
  if (blocked.check(peer.remoteAddress)) return peer.destroy();
  peer.end('welcome');
});
await once(server.listen(0, '127.0.0.1'), 'listening');
for (const localAddress of ['127.0.0.5', '127.0.0.6']) {
  const socket = net.connect({ port: server.address().port, host: '127.0.0.1', localAddress });
  let text = '';
  socket.on('data', (d) => (text += d));
  socket.on('error', (e) => console.log(e.code));
  await once(socket, 'close');
  console.log(localAddress, JSON.stringify(text));
}
const other = net.connect({ port: server.address().port, host: '127.0.0.1', blockList: new net.BlockList() });
other.resume();
await once(other, 'close');
server.close();
