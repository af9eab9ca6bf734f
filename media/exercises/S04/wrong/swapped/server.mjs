import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

function describe(socket) {
  return `tcp ${socket.remoteAddress}:${socket.remotePort} <-> ${socket.localAddress}:${socket.localPort}`;
}

const server = net.createServer((socket) => {
  socket.on('error', () => socket.destroy());
  console.log(describe(socket));
  socket.end(`${describe(socket)}\n`);
});

server.listen(port, '127.0.0.1');
