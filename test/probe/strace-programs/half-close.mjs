// The client says all it has to say and then only listens.
import net from 'node:net';

const server = net.createServer({ allowHalfOpen: true }, (socket) => {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.on('end', () => {
    socket.write(text.toUpperCase());
    setTimeout(() => socket.end(' bye'), 30);
  });
  socket.on('close', () => server.close());
});
server.listen(0, '127.0.0.1', () => {
  const client = net.connect({ port: server.address().port, host: '127.0.0.1', allowHalfOpen: true });
  client.end('question');
  client.on('data', (chunk) => console.log(String(chunk)));
});
