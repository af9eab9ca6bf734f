import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

function describe(socket) {
  return `tcp ${socket.localAddress}:${socket.localPort} <-> ${socket.remoteAddress}:${socket.remotePort}`;
}

const server = net.createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.on('close', () => console.log(describe(socket)));
  socket.end('welcome\n');
});

server.listen(port, '127.0.0.1');
