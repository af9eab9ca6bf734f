import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);
const CHUNK = 64 * 1024;
const CHUNKS = 1024;
const chunk = (n) => Buffer.alloc(CHUNK, n % 251);

const socket = net.connect(port, '127.0.0.1', () => {
  for (let n = 0; n < CHUNKS; n++) {
    if (!socket.write(chunk(n))) {
      console.log(`the socket is full after ${n + 1} chunks`);
      break;
    }
  }
  socket.end();
});
socket.on('error', (error) => console.error(error.message));
