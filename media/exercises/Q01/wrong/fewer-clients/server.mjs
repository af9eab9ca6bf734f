import { pbkdf2 } from 'node:crypto';
import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

const server = net.createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.once('data', (line) =>
    pbkdf2(line.toString().trim(), 'socketscope', 500_000, 16, 'sha256', (_error, key) => socket.end(`${key.toString('hex')}\n`)),
  );
});

server.maxConnections = 4;
server.listen({ port, host: '127.0.0.1' });
