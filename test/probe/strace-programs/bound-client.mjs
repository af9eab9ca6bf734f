// A client with an address of its own choice, and a server on a worker thread.
import net from 'node:net';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url));
  worker.once('message', (port) => {
    const client = net.connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' }, () => client.end('hello'));
    client.resume();
  });
} else {
  const server = net.createServer((socket) => {
    socket.on('data', () => {});
    socket.on('close', () => server.close());
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
}
