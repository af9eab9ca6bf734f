// Two workers share one datagram socket of the primary.
import cluster from 'node:cluster';
import dgram from 'node:dgram';
import { once } from 'node:events';

if (cluster.isPrimary) {
  const worker = cluster.fork();
  const [address] = await once(worker, 'listening');
  const socket = dgram.createSocket('udp4');
  socket.send('ping', address.port, '127.0.0.1');
  console.log(String((await once(socket, 'message'))[0]));
  socket.close();
  worker.disconnect();
  await once(worker, 'exit');
} else {
  const socket = dgram.createSocket('udp4');
  socket.on('message', (message, from) => socket.send(`${message} pong`, from.port, from.address));
  socket.bind(0, '127.0.0.1');
}
