// Five small experiments with UDP. Each prints what happened.
import dgram from 'node:dgram';
import { once } from 'node:events';

const open = async (socket) => {
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket.address().port;
};
const sent = (socket, ...rest) => new Promise((resolve) => socket.send(...rest, (error) => resolve(error ? error.code : 'no error')));
/** A port where nobody is. */
const nobody = async () => {
  const socket = dgram.createSocket('udp4');
  const port = await open(socket);
  socket.close();
  return port;
};

// 1: three sends, one of them empty
const receiver = dgram.createSocket('udp4');
const port = await open(receiver);
const sender = dgram.createSocket('udp4');
let messages = 0;
receiver.on('message', () => messages++);
for (const text of ['one', '', 'three']) await sent(sender, text, port, '127.0.0.1');
while (messages < 3) await once(receiver, 'message');
console.log(`1: ${messages} messages`);

// 2: to a port where nobody is
console.log(`2: ${await sent(sender, 'anybody there?', await nobody(), '127.0.0.1')}`);

// 3: the same from a connected socket
const connected = dgram.createSocket('udp4');
connected.connect(await nobody(), '127.0.0.1');
await once(connected, 'connect');
const trouble = new Promise((resolve) => {
  connected.once('error', (error) => resolve(error.code));
  setTimeout(resolve, 500, 'no error');
});
await sent(connected, 'anybody there?');
console.log(`3: ${await trouble}`);

// 4: 65,508 bytes
console.log(`4: ${await sent(sender, Buffer.alloc(65_508), port, '127.0.0.1')}`);

receiver.close();
sender.close();
connected.close();
