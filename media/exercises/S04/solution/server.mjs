// Prints for each connection which two ends it has, and tells the client, too.
import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

/** "tcp 127.0.0.1:4000 <-> 127.0.0.1:53412": the protocol, this end, the other end. */
function describe(socket) {
  // All accepted sockets have the port of the listening socket; the other end tells them apart.
  return `tcp ${socket.localAddress}:${socket.localPort} <-> ${socket.remoteAddress}:${socket.remotePort}`;
}

const server = net.createServer((socket) => {
  socket.on('error', () => socket.destroy());
  console.log(describe(socket));
  socket.end(`${describe(socket)}\n`);
});

server.listen(port, '127.0.0.1');
