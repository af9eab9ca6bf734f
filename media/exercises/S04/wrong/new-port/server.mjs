import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

let next = port;

function describe(socket) {
  // accept gives each connection a port of its own.
  next += 1;
  return `tcp ${socket.localAddress}:${next} <-> ${socket.remoteAddress}:${socket.remotePort}`;
}

const server = net.createServer((socket) => {
  socket.on('error', () => socket.destroy());
  console.log(describe(socket));
  socket.end(`${describe(socket)}\n`);
});

server.listen(port, '127.0.0.1');
