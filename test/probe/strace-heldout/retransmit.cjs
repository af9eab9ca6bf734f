// Stop-and-wait over datagrams: every third one is lost on purpose and sent again.
const dgram = require('node:dgram');

const receiver = dgram.createSocket('udp4');
const sender = dgram.createSocket('udp4');
let count = 0;
const got = [];
receiver.on('message', (message, from) => {
  if (++count % 3 === 0) return;
  const number = message.readUInt16BE(0);
  if (got.at(-1) !== number) got.push(number);
  const answer = Buffer.alloc(2);
  answer.writeUInt16BE(number);
  receiver.send(answer, from.port, from.address);
});
let next = 0;
let timer;
const send = () => {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(next);
  sender.send([head, `data ${next}`, Buffer.alloc(next * 10)]);
  timer = setTimeout(send, 15);
};
sender.on('message', (message) => {
  if (message.readUInt16BE(0) !== next) return;
  clearTimeout(timer);
  if (++next < 10) return send();
  console.log(got.join());
  sender.close();
  receiver.close();
});
receiver.bind({ address: '127.0.0.1', port: 0, exclusive: true }, () => {
  sender.connect(receiver.address().port, '127.0.0.1', send);
});
