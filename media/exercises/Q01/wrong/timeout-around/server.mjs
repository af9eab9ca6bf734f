import { pbkdf2Sync } from 'node:crypto';
import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

function slowHash(text) {
  return pbkdf2Sync(text, 'socketscope', 500_000, 16, 'sha256').toString('hex');
}

const server = net.createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.once('data', (line) => setTimeout(() => socket.end(`${slowHash(line.toString().trim())}\n`), 0));
});

server.listen({ port, host: '127.0.0.1' });
