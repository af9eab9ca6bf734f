import net from 'node:net';

// Send back every byte to the client that sent it, and end when the client ends.
const server = net.createServer((socket) => {
  // your code
});

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => console.log('listening on', server.address().port));
