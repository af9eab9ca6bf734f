import { fork } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { fileURLToPath } from 'node:url';

if (process.argv[2] === 'child') {
  process.on('message', (message, handle) => {
    if (message === 'server') {
      handle.on('connection', (peer) => {
        peer.end('from the child');
        handle.close(() => process.send('served'));
      });
      process.send('ready');
    } else {
      handle.on('data', (d) => handle.end(`child got ${d}`));
      handle.resume();
      handle.on('close', () => process.disconnect());
    }
  });
} else {
  const child = fork(fileURLToPath(import.meta.url), ['child']);
  const server = net.createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address();
  child.send('server', server);
  await once(child, 'message');
  server.close();
  const read = async (socket) => {
    let text = '';
    for await (const d of socket) text += d;
    return text;
  };
  console.log(await read(net.connect(port, '127.0.0.1')));
  await once(child, 'message');
  const pausing = net.createServer({ pauseOnConnect: true }, (peer) => {
    child.send('socket', peer);
    pausing.close();
  });
  await once(pausing.listen(0, '127.0.0.1'), 'listening');
  const socket = net.connect(pausing.address().port, '127.0.0.1');
  socket.write('hi');
  console.log(await read(socket));
  console.log(await once(child, 'exit'));
}
