import { once } from 'node:events';
import net from 'node:net';

async function serve(socket) {
  for await (const chunk of socket) if (!socket.write(chunk)) await once(socket, 'drain');
  socket.end();
}

net
  .createServer({ allowHalfOpen: true }, (socket) => {
    serve(socket).catch(() => socket.destroy());
  })
  .listen(Number(process.env.PORT ?? 4000), '127.0.0.1');
