// Three workers share one port of the main thread's making, by a message with the number; a worker that is terminated.
import { once } from 'node:events';
import net from 'node:net';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

if (isMainThread) {
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const workers = [1, 2, 3].map((number) => new Worker(new URL(import.meta.url), { workerData: { port: server.address().port, number } }));
  const replies = await Promise.all(workers.map((worker) => once(worker, 'message')));
  console.log(replies.flat().join());
  await workers[0].terminate();
  for (const worker of workers.slice(1)) worker.postMessage('stop');
  await Promise.all(workers.slice(1).map((worker) => once(worker, 'exit')));
  server.close();
} else {
  const socket = net.connect(workerData.port, '127.0.0.1');
  socket.write(`worker ${workerData.number}`);
  parentPort.postMessage(String((await once(socket, 'data'))[0]));
  parentPort.once('message', () => socket.end());
}
