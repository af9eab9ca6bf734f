// A ticker: every client gets a line with a number, again and again, whatever becomes of the other clients.
import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);
const clients = new Set();
let number = 0;

const server = net.createServer((socket) => {
  clients.add(socket);
  socket.resume();
  // A reset, or a write to a connection that is gone, is an 'error' event of this socket.
  socket.on('error', (error) => console.log(`client lost: ${error.code}`));
  // 'close' always comes, and is always the last event; 'end' does not come after a reset.
  socket.on('close', () => {
    clients.delete(socket);
    console.log(`${clients.size} left`);
  });
  // The client has finished: so have we. (Node ends our side by itself, and 'close' follows.)
});

setInterval(() => {
  number += 1;
  for (const client of clients) if (client.writable) client.write(`${number}\n`);
}, 10);

server.listen(port, '127.0.0.1');
