// A server on one thread, clients on two others.
import { once } from 'node:events';
import net from 'node:net';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const file = new URL(import.meta.url);
if (isMainThread) {
  const server = new Worker(file, { workerData: 'server' });
  const [port] = await once(server, 'message');
  const clients = ['a', 'b'].map((name) => new Worker(file, { workerData: { port, name } }));
  const over = clients.map((client) => once(client, 'exit'));
  console.log((await Promise.all(clients.map((client) => once(client, 'message')))).flat().sort());
  await Promise.all(over);
  server.postMessage('stop');
  await once(server, 'exit');
} else if (workerData === 'server') {
  const server = net.createServer((peer) => peer.pipe(peer));
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
  parentPort.once('message', () => server.close());
} else {
  const socket = net.connect(workerData.port, '127.0.0.1');
  let text = '';
  socket.end(`${workerData.name} `.repeat(1000));
  for await (const chunk of socket) text += chunk;
  parentPort.postMessage(`${workerData.name} ${text.length}`);
}
