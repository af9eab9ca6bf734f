import net from 'node:net';
import { pipeline } from 'node:stream';
import { Answers } from './frames.mjs';

const server = net.createServer((socket) => {
  // On an error of one of them pipeline destroys all.
  pipeline(socket, new Answers(), socket, () => {});
});

server.listen(Number(process.env.PORT ?? 4000), '127.0.0.1');
