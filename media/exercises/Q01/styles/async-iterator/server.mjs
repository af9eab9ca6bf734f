import { pbkdf2 as slow } from 'node:crypto';
import net from 'node:net';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const pbkdf2 = promisify(slow);

async function serve(socket) {
  for await (const line of createInterface({ input: socket })) {
    const key = await pbkdf2(line.trim(), 'socketscope', 500_000, 16, 'sha256');
    socket.end(`${key.toString('hex')}\n`);
  }
}

const server = net.createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('error', () => socket.destroy());
  serve(socket).catch(() => socket.destroy());
});
server.listen({ port: Number(process.env.PORT ?? 4000), host: '127.0.0.1', backlog: 64 });
