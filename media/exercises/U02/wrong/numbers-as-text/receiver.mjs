import dgram from 'node:dgram';

const port = Number(process.env.PORT ?? 4000);

const socket = dgram.createSocket('udp4');
const seen = {};
let twice = 0;
let total = 0;
let quiet;

socket.on('message', (datagram) => {
  const number = String(datagram.readUInt32BE(0));
  total = datagram.readUInt32BE(4);
  if (seen[number]) twice += 1;
  seen[number] = true;
  clearTimeout(quiet);
  quiet = setTimeout(() => {
    const missing = [];
    for (let n = 0; n < total; n++) if (!seen[n]) missing.push(String(n));
    console.log(`received ${Object.keys(seen).length}`);
    console.log(`twice ${twice}`);
    console.log(['missing', ...missing.sort()].join(' '));
    socket.close();
  }, 500);
});
socket.bind(port, '127.0.0.1');
