// Empty, small, as big as can be, too big; a burst.
import dgram from 'node:dgram';
import { once } from 'node:events';

const receiver = dgram.createSocket('udp4');
receiver.bind(0, '127.0.0.1');
await once(receiver, 'listening');
const { port } = receiver.address();
const sender = dgram.createSocket('udp4');
for (const size of [0, 1, 1472, 9216, 65507, 65508]) {
  const got = size <= 65507 ? once(receiver, 'message') : null;
  const error = await new Promise((done) => sender.send(Buffer.alloc(size), port, '127.0.0.1', done));
  console.log(size, error?.code ?? 'sent', (await got)?.[0].length);
}
let count = 0;
const all = new Promise((done) => {
  receiver.on('message', () => ++count === 50 && done());
});
for (let i = 0; i < 50; i++) sender.send(`number ${i}`, port, '127.0.0.1');
await all;
sender.close();
receiver.close();
console.log(count);
