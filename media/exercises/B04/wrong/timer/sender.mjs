import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);
const CHUNK = 64 * 1024;
const CHUNKS = 1024;
const chunk = (n) => Buffer.alloc(CHUNK, n % 251);

const socket = net.connect(port, '127.0.0.1');
socket.on('error', (error) => console.error(error.message));
let n = 0;

const timer = setInterval(() => {
  if (n < CHUNKS) return socket.write(chunk(n++));
  clearInterval(timer);
  socket.end();
}, 1);
