// Echo server: every client gets its own bytes back. Run it with: node server.mjs
import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

const server = net.createServer((socket) => {
  // A reset by the client is this socket's 'error' event. Without a listener it would end the whole server.
  socket.on('error', (error) => console.log(`client gone: ${error.code}`));
  // pipe() passes the bytes on untouched, waits for slow readers, and ends this side after the client's end.
  socket.pipe(socket);
});

server.listen(port, '127.0.0.1', () => console.log(`listening on 127.0.0.1:${server.address().port}`));
