// A server and, in a process of its own, its client.
import { fork } from 'node:child_process';
import net from 'node:net';

if (process.argv[2] === undefined) {
  const server = net.createServer((socket) => {
    socket.on('data', (chunk) => socket.write(chunk));
    socket.on('close', () => server.close());
  });
  server.listen(0, '127.0.0.1', () => fork(process.argv[1], [String(server.address().port)]));
} else {
  const client = net.connect(Number(process.argv[2]), '127.0.0.1', () => client.write('from a child'));
  client.on('data', () => {
    client.end();
    if (process.connected) process.disconnect();
  });
}
