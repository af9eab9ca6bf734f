// A time server. When its port is in use it crashes with a stack trace. Make it say in one line what is wrong, and exit with 1.
// With --retry it shall try again while the port is busy: at most 5 times, with a pause between two tries.
import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

const server = net.createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.end(`${new Date().toISOString()}\n`);
});

server.listen(port, '127.0.0.1', () => console.log(`listening on port ${port}`));
