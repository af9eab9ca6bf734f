// Datagrams: one with bytes, an empty one, one that is too big, one from a connected socket.
import dgram from 'node:dgram';

const receiver = dgram.createSocket('udp4');
const sender = dgram.createSocket('udp4');
let count = 0;
receiver.on('message', (message, from) => {
  count++;
  receiver.send(`got ${message.length}`, from.port, from.address, () => {
    if (count === 3) receiver.close();
  });
});
let answers = 0;
sender.on('message', () => {
  answers++;
  if (answers === 3) sender.close();
});
receiver.bind(0, '127.0.0.1', () => {
  const { port } = receiver.address();
  sender.send('hello', port, '127.0.0.1', () => {
    sender.send(Buffer.alloc(0), port, '127.0.0.1', () => {
      sender.send(Buffer.alloc(70000), port, '127.0.0.1', (error) => {
        console.log(error?.code);
        sender.connect(port, '127.0.0.1', () => sender.send('connected'));
      });
    });
  });
});
