// Echo server: every client gets its own bytes back. Run it with: node server.mjs
import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

const server = net.createServer((socket) => {
  // Your code here: send back what this client sends, until it has finished.
});

server.listen(port, '127.0.0.1', () => console.log(`listening on 127.0.0.1:${server.address().port}`));
