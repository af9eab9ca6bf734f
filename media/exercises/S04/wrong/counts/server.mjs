import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

let number = 0;

function describe(socket) {
  number += 1;
  return `tcp ${socket.localAddress}:${socket.localPort} <-> client ${number}`;
}

const server = net.createServer((socket) => {
  socket.on('error', () => socket.destroy());
  console.log(describe(socket));
  socket.end(`${describe(socket)}\n`);
});

server.listen(port, '127.0.0.1');
