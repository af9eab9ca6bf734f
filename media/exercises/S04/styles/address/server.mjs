import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

const end = ({ address, port }) => [address, port].join(':');

function describe(socket) {
  const here = socket.address();
  const there = { address: socket.remoteAddress, port: socket.remotePort };
  return ['tcp', end(here), '<->', end(there)].join(' ');
}

const server = net.createServer((socket) => {
  socket.on('error', () => socket.destroy());
  console.log(describe(socket));
  socket.end(`${describe(socket)}\n`);
});

server.listen(port, '127.0.0.1');
