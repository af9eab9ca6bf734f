import dgram from 'node:dgram';

const port = Number(process.env.PORT ?? 4000);

const socket = dgram.createSocket('udp4');
const seen = new Set();
let twice = 0;

socket.on('message', (datagram) => {
  const number = datagram.readUInt32BE(0);
  const total = datagram.readUInt32BE(4);
  if (seen.has(number)) twice += 1;
  seen.add(number);
  if (seen.size < total) return;
  console.log(`received ${seen.size}`);
  console.log(`twice ${twice}`);
  console.log('missing');
  socket.close();
});
socket.bind(port, '127.0.0.1');
