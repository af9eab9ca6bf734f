// Thirty numbered datagrams, each sent when the one before was handed to the kernel. Prints what arrived, and what the sender was told.
import dgram from 'node:dgram';

const receiver = dgram.createSocket('udp4');
const sender = dgram.createSocket('udp4');
const got = [];
const told = [];
receiver.on('message', (message, from) => {
  got.push(String(message));
  if (from.size !== message.length || from.port !== sender.address().port) got.push('wrong sender');
  message.fill(0);
});
receiver.bind(0, '127.0.0.1', () => {
  const { port } = receiver.address();
  const send = (i) => {
    if (i === 30) {
      setTimeout(() => {
        sender.close();
        setTimeout(() => {
          receiver.close();
          console.log(JSON.stringify({ got, told: told.every((each) => each === 3) && told.length === 30 }));
        }, 50);
      }, 150);
      return;
    }
    const bytes = Buffer.from(`m${String(i).padStart(2, '0')}`);
    sender.send(bytes, port, '127.0.0.1', (error, sent) => {
      told.push(error ?? sent);
      bytes.fill(0);
      setTimeout(() => send(i + 1), 2);
    });
  };
  send(0);
});
