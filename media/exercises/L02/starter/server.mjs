// Counts the bytes of an upload. When the client has finished, it stores the number and answers with it.
// The client waits for the answer... and gets none, and there is no error.
import net from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const port = Number(process.env.PORT ?? 4000);

/** Stands for work that takes a moment, such as a database. You need not change it. */
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
    socket.end(answer);
  });
});

server.listen(port, '127.0.0.1');
