import { createHash } from 'node:crypto';
import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

const server = net.createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.once('data', (line) => socket.end(`${createHash('sha256').update(line.toString().trim()).digest('hex').slice(0, 32)}\n`));
});

server.listen({ port, host: '127.0.0.1' });
