// This server is busy for a second and a half right after it has begun to listen. Meanwhile a client comes.
import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

function busy(milliseconds) {
  const end = Date.now() + milliseconds;
  while (Date.now() < end);
}

const server = net.createServer((socket) => {
  console.log('the connection callback runs'); // A
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    console.log(`got ${chunk.length} bytes`); // B
    socket.end('hello\n');
  });
});

server.listen(port, '127.0.0.1', () => {
  console.log('listening, and busy');
  busy(1500);
  console.log('no longer busy');
});
