// Two members of a group on the loopback interface.
import dgram from 'node:dgram';
import { once } from 'node:events';

const group = '239.255.7.31';
const member = async (port) => {
  const socket = dgram.createSocket({ type: 'udp4', reuseAddr: true });
  socket.bind({ port, address: '0.0.0.0' });
  await once(socket, 'listening');
  socket.addMembership(group, '127.0.0.1');
  return socket;
};
const first = await member(0);
const { port } = first.address();
const second = await member(port);
const sender = dgram.createSocket('udp4');
sender.bind(0, '127.0.0.1');
await once(sender, 'listening');
sender.setMulticastInterface('127.0.0.1');
sender.setMulticastTTL(0);
sender.setMulticastLoopback(true);
const both = Promise.all([once(first, 'message'), once(second, 'message')]);
sender.send('to all of you', port, group);
console.log((await both).map(([message]) => String(message)));
second.dropMembership(group, '127.0.0.1');
const again = once(first, 'message');
sender.send(Buffer.alloc(1200), port, group);
console.log((await again)[0].length);
first.addSourceSpecificMembership('127.0.0.1', '232.7.7.7', '127.0.0.1');
first.dropSourceSpecificMembership('127.0.0.1', '232.7.7.7', '127.0.0.1');
for (const socket of [first, second, sender]) socket.close();
