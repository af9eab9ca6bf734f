// Workers that accept by themselves (SCHED_NONE): the listener's descriptor is handed to each.
import cluster from 'node:cluster';
import { once } from 'node:events';
import net from 'node:net';

cluster.schedulingPolicy = cluster.SCHED_NONE;
if (cluster.isPrimary) {
  const worker = cluster.fork();
  const [address] = await once(worker, 'listening');
  for (let i = 0; i < 4; i++) {
    let text = '';
    for await (const chunk of net.connect(address.port, '127.0.0.1')) text += chunk;
    console.log(i, text);
  }
  worker.disconnect();
  await once(worker, 'exit');
} else {
  net.createServer((peer) => peer.end('shared')).listen(0, '127.0.0.1');
}
