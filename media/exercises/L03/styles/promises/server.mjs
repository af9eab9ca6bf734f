import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

const server = net.createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.end(`${new Date().toISOString()}\n`);
});

import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

async function open(tries) {
  for (let left = tries; ; left--) {
    try {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      return;
    } catch (error) {
      if (error.code !== 'EADDRINUSE' || left === 0) throw error;
      await pause(250);
    }
  }
}

try {
  await open(process.argv.includes('--retry') ? 5 : 0);
  console.log(`listening on ${port}`);
} catch (error) {
  console.error(`cannot listen on port ${port}: ${error.code}. Is another server running?`);
  process.exit(1);
}
