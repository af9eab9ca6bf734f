import net from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const port = Number(process.env.PORT ?? 4000);

async function store(count) {
  await wait(50);
  return `stored ${count} bytes\n`;
}

async function serve(socket) {
  let count = 0;
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) count += chunk.length;
  socket.end(await store(count));
}

net
  .createServer({ allowHalfOpen: true }, (socket) => {
    serve(socket).catch(() => socket.destroy());
  })
  .listen(port, '127.0.0.1');
