// IPv6 only: an echo, options, a refusal.
import { once } from 'node:events';
import net from 'node:net';

const server = net.createServer((peer) => peer.pipe(peer));
await once(server.listen({ port: 0, host: '::1', backlog: 3 }), 'listening');
const { port } = server.address();
const socket = net.connect({ port, host: '::1', noDelay: true, localAddress: '::1' });
socket.setKeepAlive(true, 3000);
socket.write('six');
console.log(String((await once(socket, 'data'))[0]), socket.localAddress, socket.remoteFamily);
socket.end();
await once(socket, 'close');
server.close();
await once(server, 'close');
console.log((await once(net.connect(port, '::1'), 'error'))[0].code);
