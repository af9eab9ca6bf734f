// A server that computes, and stays ready for new clients while it does.
import { pbkdf2 } from 'node:crypto';
import net from 'node:net';
import { promisify } from 'node:util';

const port = Number(process.env.PORT ?? 4000);
const ROUNDS = 500_000;

/** The asynchronous version computes on libuv's thread pool: the event loop stays free and takes connections from the accept queue. */
const slowHash = async (text) => (await promisify(pbkdf2)(text, 'socketscope', ROUNDS, 16, 'sha256')).toString('hex');

const server = net.createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.once('data', async (line) => socket.end(`${await slowHash(line.toString().trim())}\n`));
});

// The usual backlog (511) is room enough for clients that come at the same moment.
server.listen({ port, host: '127.0.0.1' });
