import { pbkdf2Sync } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

if (isMainThread) {
  const worker = new Worker(fileURLToPath(import.meta.url));
  const waiting = new Map();
  let id = 0;
  worker.on('message', ({ id, hash }) => {
    waiting.get(id)?.end(`${hash}\n`);
    waiting.delete(id);
  });
  const server = net.createServer(async (socket) => {
    socket.on('error', () => socket.destroy());
    const [line] = await once(socket, 'data');
    waiting.set(++id, socket);
    worker.postMessage({ id, text: line.toString().trim() });
  });
  server.listen(Number(process.env.PORT ?? 4000), '127.0.0.1');
} else {
  parentPort.on('message', ({ id, text }) => {
    parentPort.postMessage({ id, hash: pbkdf2Sync(text, 'socketscope', 500_000, 16, 'sha256').toString('hex') });
  });
}
