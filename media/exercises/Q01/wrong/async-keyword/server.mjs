import { pbkdf2Sync } from 'node:crypto';
import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

async function slowHash(text) {
  return pbkdf2Sync(text, 'socketscope', 500_000, 16, 'sha256').toString('hex');
}

const server = net.createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.once('data', async (line) => socket.end(`${await slowHash(line.toString().trim())}\n`));
});

server.listen({ port, host: '127.0.0.1' });
