// A hundred short connections, twenty at a time; some find nobody, some are turned away.
import { once } from 'node:events';
import net from 'node:net';

let served = 0;
const server = net.createServer((socket) => {
  served++;
  socket.on('error', () => {});
  if (served % 10 === 0) return socket.destroy();
  socket.once('data', (data) => socket.end(data));
});
await once(server.listen({ port: 0, host: '127.0.0.1', backlog: 5 }), 'listening');
const { port } = server.address();
const results = {};
const one = (i) =>
  new Promise((done) => {
    const socket = net.connect(i % 17 === 3 ? 1 : port, '127.0.0.1');
    let result = 'nothing';
    socket.on('connect', () => socket.write(`request ${i}`));
    socket.on('data', () => {
      result = 'answer';
    });
    socket.on('error', (error) => {
      result = error.code;
    });
    socket.on('close', () => {
      results[result] = (results[result] ?? 0) + 1;
      done();
    });
  });
const queue = Array.from({ length: 100 }, (_, i) => i);
await Promise.all(
  Array.from({ length: 20 }, async () => {
    while (queue.length > 0) await one(queue.shift());
  }),
);
console.log(results.ECONNREFUSED, results.answer);
server.close();
