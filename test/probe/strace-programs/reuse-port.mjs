// Since: 22
// Two listeners and two datagram sockets share a port.
import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';

const serve = async (port, name) => {
  const server = net.createServer((peer) => peer.end(name));
  await once(server.listen({ port, host: '127.0.0.1', reusePort: true }), 'listening');
  return server;
};
const one = await serve(0, 'one');
const { port } = one.address();
const two = await serve(port, 'two');
const seen = new Set();
for (let i = 0; i < 6; i++) {
  let text = '';
  for await (const chunk of net.connect(port, '127.0.0.1')) text += chunk;
  seen.add(text);
}
console.log(seen.size > 0);
one.close();
two.close();
const datagrams = [];
for (let i = 0; i < 2; i++) {
  const socket = dgram.createSocket({ type: 'udp4', reusePort: true });
  socket.bind(datagrams[0]?.address().port ?? 0, '127.0.0.1');
  await once(socket, 'listening');
  datagrams.push(socket);
}
for (const socket of datagrams) socket.close();
