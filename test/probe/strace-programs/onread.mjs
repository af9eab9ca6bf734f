// The program's own read buffers: one fixed, one made anew for each read; reading stopped by the callback.
import { once } from 'node:events';
import net from 'node:net';

const total = 300_000;
const server = net.createServer((peer) => peer.end(Buffer.alloc(total, 'x')));
await once(server.listen(0, '127.0.0.1'), 'listening');
const visit = async (buffer) => {
  let size = 0;
  let pauses = 0;
  const socket = net.connect({
    port: server.address().port,
    host: '127.0.0.1',
    onread: {
      buffer,
      callback: (count) => {
        size += count;
        if (pauses++ % 5 !== 4) return true;
        setImmediate(() => socket.resume());
        return false;
      },
    },
  });
  await once(socket, 'close');
  console.log(size === total);
};
await visit(Buffer.alloc(4096));
await visit(() => Buffer.alloc(20_000));
await visit(Buffer.alloc(70_000));
server.close();
