// IPv6 datagrams, one socket for IPv6 only, buffer sizes and options.
import dgram from 'node:dgram';
import { once } from 'node:events';

const receiver = dgram.createSocket({ type: 'udp6', recvBufferSize: 16384, sendBufferSize: 16384 });
receiver.bind(0, '::');
await once(receiver, 'listening');
console.log(receiver.getRecvBufferSize() > 0, receiver.getSendBufferSize() > 0, receiver.address().family);
const { port } = receiver.address();
const six = dgram.createSocket({ type: 'udp6', ipv6Only: true });
six.bind(0, '::1');
await once(six, 'listening');
six.setTTL(7);
six.setMulticastTTL(3);
six.setMulticastLoopback(false);
const four = dgram.createSocket('udp4');
for (const [socket, host] of [
  [six, '::1'],
  [four, '127.0.0.1'],
]) {
  const got = once(receiver, 'message');
  socket.send('hello', port, host);
  const [message, from] = await got;
  console.log(String(message), from.address);
}
four.close();
six.close();
receiver.close();
