// Sends 64 MiB to a server, as fast as it can. Why does it need so much memory?
import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);
const CHUNK = 64 * 1024;
const CHUNKS = 1024;

/** The n-th chunk. You need not change it: the server knows what it should get. */
function chunk(n) {
  return Buffer.alloc(CHUNK, n % 251);
}

const socket = net.connect(port, '127.0.0.1', () => {
  for (let n = 0; n < CHUNKS; n++) socket.write(chunk(n));
  socket.end();
});
socket.on('error', (error) => console.error(error.message));
