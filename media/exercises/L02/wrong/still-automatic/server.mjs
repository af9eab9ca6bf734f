import net from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const port = Number(process.env.PORT ?? 4000);

async function store(count) {
  await wait(50);
  return `stored ${count} bytes\n`;
}

const server = net.createServer((socket) => {
  let count = 0;
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    count += chunk.length;
  });
  socket.on('end', async () => {
    const answer = await store(count);
    // Perhaps it needs more time?
    await wait(100);
    if (socket.writable) socket.end(answer);
  });
});

server.listen(port, '127.0.0.1');
