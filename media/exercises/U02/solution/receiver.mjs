// Counts numbered datagrams: which came, which came twice, which are missing.
import dgram from 'node:dgram';

const port = Number(process.env.PORT ?? 4000);
const QUIET = 500; // milliseconds

const socket = dgram.createSocket({ type: 'udp4', recvBufferSize: 1024 * 1024 });
const seen = new Set();
let twice = 0;
let total = 0;
let quiet;

function report() {
  const missing = [];
  for (let n = 0; n < total; n++) if (!seen.has(n)) missing.push(n);
  console.log(`received ${seen.size}`);
  console.log(`twice ${twice}`);
  console.log(['missing', ...missing].join(' '));
  socket.close();
}

socket.on('message', (datagram) => {
  const number = datagram.readUInt32BE(0);
  total = datagram.readUInt32BE(4);
  if (seen.has(number)) twice += 1;
  else seen.add(number);
  // Nobody sends a lost datagram again, and nobody says that it was the last: only silence does.
  clearTimeout(quiet);
  quiet = setTimeout(report, QUIET);
});
socket.bind(port, '127.0.0.1');
