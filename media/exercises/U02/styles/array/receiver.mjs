import dgram from 'node:dgram';

const port = Number(process.env.PORT ?? 4000);

let times = [];
let timer = null;

const socket = dgram.createSocket('udp4', (datagram) => {
  if (times.length === 0) times = new Array(datagram.readUInt32BE(4)).fill(0);
  times[datagram.readUInt32BE(0)] += 1;
  if (timer) timer.refresh();
  else timer = setTimeout(done, 500);
});

function done() {
  console.log('received ' + times.filter((n) => n > 0).length);
  console.log('twice ' + times.reduce((sum, n) => sum + Math.max(0, n - 1), 0));
  console.log(('missing ' + times.flatMap((n, i) => (n ? [] : [i])).join(' ')).trim());
  socket.close();
}

socket.bind({ port, address: '127.0.0.1' });
