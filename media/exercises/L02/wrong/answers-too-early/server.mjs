import net from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const port = Number(process.env.PORT ?? 4000);

async function store(count) {
  await wait(50);
  return `stored ${count} bytes\n`;
}

const server = net.createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.once('data', async (chunk) => {
    const answer = await store(chunk.length);
    socket.end(answer);
  });
  socket.resume();
});

server.listen(port, '127.0.0.1');
