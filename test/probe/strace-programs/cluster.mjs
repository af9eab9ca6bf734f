import cluster from 'node:cluster';
import { once } from 'node:events';
import net from 'node:net';

if (cluster.isPrimary) {
  const workers = [cluster.fork(), cluster.fork()];
  const [address] = (await Promise.all(workers.map((w) => once(w, 'listening'))))[0];
  for (let i = 0; i < 6; i++) {
    const socket = net.connect(address.port, '127.0.0.1');
    let text = '';
    for await (const d of socket) text += d;
    console.log(i, text);
  }
  for (const w of workers) w.disconnect();
  await Promise.all(workers.map((w) => once(w, 'exit')));
  console.log('all gone');
} else {
  const server = net.createServer((peer) => peer.end('hello'));
  server.listen(0, '127.0.0.1');
}
