import net from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const port = Number(process.env.PORT ?? 4000);

async function store(count) {
  await wait(50);
  return `stored ${count} bytes\n`;
}

const server = net.createServer((socket) => {
  // The same as the option of the server, for this socket.
  socket.allowHalfOpen = true;
  let count = 0;
  socket.on('data', (chunk) => {
    count += chunk.length;
  });
  socket.once('end', () => {
    store(count).then((answer) => {
      socket.write(answer);
      socket.end();
    });
  });
  socket.once('error', () => socket.destroy());
});
server.listen(port, '127.0.0.1');
