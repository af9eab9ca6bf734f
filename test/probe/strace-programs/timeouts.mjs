// A socket that is idle too long, a timeout that is taken back, a server that times its connections out.
import { once } from 'node:events';
import net from 'node:net';

const server = net.createServer((peer) => {
  peer.setTimeout(40, () => peer.end('too slow'));
  peer.on('error', () => {});
  peer.resume();
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const { port } = server.address();
const idle = net.connect({ port, host: '127.0.0.1', timeout: 5000 });
idle.setTimeout(0);
console.log(String((await once(idle, 'data'))[0]));
await once(idle, 'close');
const hasty = net.connect(port, '127.0.0.1');
hasty.write('x');
hasty.setTimeout(10);
await once(hasty, 'timeout');
hasty.destroy(new Error('gave up'));
console.log((await once(hasty, 'error').catch((error) => [error]))[0].message);
server.close();
