import dgram from 'node:dgram';

const port = Number(process.env.PORT ?? 4000);

const socket = dgram.createSocket('udp4');
const got = new Uint8Array(65536);
const state = { total: 0, different: 0, again: 0, last: 0 };

socket.on('message', (m) => {
  const n = m.readUInt32BE();
  state.total = m.readUInt32BE(4);
  state.last = performance.now();
  if (got[n]) state.again++;
  else {
    got[n] = 1;
    state.different++;
  }
});
socket.bind(port, '127.0.0.1');

const check = setInterval(() => {
  if (!state.last || performance.now() - state.last < 500) return;
  clearInterval(check);
  socket.close();
  console.log(`received ${state.different}\ntwice ${state.again}`);
  let line = 'missing';
  for (let n = 0; n < state.total; n++) if (!got[n]) line += ` ${n}`;
  console.log(line);
}, 25);
