import { once } from 'node:events';
import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

const server = net.createServer();
server.listen(port, '127.0.0.1');

// One client after the other.
for (;;) {
  const [socket] = await once(server, 'connection');
  socket.on('error', () => {});
  socket.pipe(socket);
  await once(socket, 'close');
}
