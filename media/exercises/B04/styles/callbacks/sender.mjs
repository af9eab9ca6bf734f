import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);
const CHUNK = 64 * 1024;
const CHUNKS = 1024;
const chunk = (n) => Buffer.alloc(CHUNK, n % 251);

const socket = net.connect(port, '127.0.0.1');
let n = 0;

function send() {
  while (n < CHUNKS) {
    const more = socket.write(chunk(n++));
    if (!more) {
      socket.once('drain', send);
      return;
    }
  }
  socket.end();
}

socket.once('connect', send);
socket.on('error', (error) => console.error(error.message));
