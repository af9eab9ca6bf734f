import dgram from 'node:dgram';
import { on } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const socket = dgram.createSocket({ type: 'udp4', recvBufferSize: 1024 * 1024 });
const stop = new AbortController();
const times = new Map();
let total = 0;
let quiet;

// A stream of datagrams: one object each, so that the stream keeps their limits.
const datagrams = Readable.from(
  (async function* () {
    for await (const [datagram] of on(socket, 'message', { signal: stop.signal })) yield datagram;
  })(),
);
const counter = new Writable({
  objectMode: true,
  write(datagram, _encoding, done) {
    clearTimeout(quiet);
    quiet = setTimeout(() => stop.abort(), 500);
    const number = datagram.readUInt32BE(0);
    total = datagram.readUInt32BE(4);
    times.set(number, (times.get(number) ?? 0) + 1);
    done();
  },
});

socket.bind(Number(process.env.PORT ?? 4000), '127.0.0.1');
await pipeline(datagrams, counter).catch((error) => {
  if (error.name !== 'AbortError') throw error;
});
socket.close();

const again = [...times.values()].reduce((sum, count) => sum + count - 1, 0);
const missing = [...Array(total).keys()].filter((number) => !times.has(number));
console.log([`received ${times.size}`, `twice ${again}`, ['missing', ...missing].join(' ')].join('\n'));
