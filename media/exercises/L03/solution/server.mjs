// A time server. When its port is in use it says so and exits with 1; with --retry it tries again while the port is busy.
import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);
const retries = process.argv.includes('--retry') ? 5 : 0;
const PAUSE = 300; // milliseconds

const server = net.createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.end(`${new Date().toISOString()}\n`);
});

let tried = 0;
// listen() reports a port in use later, as an 'error' event of the server: a try/catch around the call would see nothing.
server.on('error', (error) => {
  if (error.code !== 'EADDRINUSE') throw error;
  if (tried++ < retries) {
    setTimeout(listen, PAUSE);
    return;
  }
  console.error(`Port ${port} is in use by another program. Stop it, or choose another port with PORT=...`);
  process.exitCode = 1;
});

function listen() {
  server.listen(port, '127.0.0.1', () => console.log(`listening on port ${port}`));
}

listen();
