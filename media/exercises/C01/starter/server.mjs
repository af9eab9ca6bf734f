// A chat server. README.md says what it has to do.
import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

const server = net.createServer((socket) => {
  // Your code here.
});

server.listen(port, '127.0.0.1');
