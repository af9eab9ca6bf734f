// An echo server: whatever a client sends comes back. It serves one client and then closes.
import net from 'node:net';

const port = Number(process.env.PORT ?? 8080);

const server = net.createServer((socket) => {
  socket.on('data', (chunk) => {
    console.log(`server: got ${chunk.length} bytes`);
    socket.write(chunk);
  });
  socket.on('end', () => console.log('server: the client has finished'));
  socket.on('error', (error) => console.log(`server: ${error.code}`));
  socket.on('close', () => server.close());
});

server.listen(port, '127.0.0.1', () => {
  console.log(`server: listening on 127.0.0.1:${port}`);
});
