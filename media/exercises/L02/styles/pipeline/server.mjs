import net from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const port = Number(process.env.PORT ?? 4000);

async function store(count) {
  await wait(50);
  return `stored ${count} bytes\n`;
}

import { Writable } from 'node:stream';

const server = net.createServer({ allowHalfOpen: true, pauseOnConnect: false });

server.on('connection', async (socket) => {
  let count = 0;
  socket.on('error', () => {});
  const counter = new Writable({
    write(chunk, _encoding, done) {
      count += chunk.length;
      done();
    },
    final(done) {
      store(count).then((answer) => {
        socket.end(answer);
        done();
      }, done);
    },
  });
  socket.pipe(counter);
  socket.on('close', () => counter.destroy());
});

server.listen(port, '127.0.0.1');
