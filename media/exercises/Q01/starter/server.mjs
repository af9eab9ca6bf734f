// A server that computes. For a line with a number n it answers with a hash that takes about a quarter of a second of computing.
// With many clients, most of them wait long before they are even connected. Why?
import { pbkdf2Sync } from 'node:crypto';
import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);
const ROUNDS = 500_000;

function slowHash(text) {
  return pbkdf2Sync(text, 'socketscope', ROUNDS, 16, 'sha256').toString('hex');
}

const server = net.createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.once('data', (line) => socket.end(`${slowHash(line.toString().trim())}\n`));
});

server.listen({ port, host: '127.0.0.1', backlog: 2 });
