import net from 'node:net';

const server = net.createServer({ allowHalfOpen: true }, async (socket) => {
  try {
    for await (const chunk of socket) socket.write(chunk);
    socket.end();
  } catch {
    socket.destroy();
  }
});

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => console.log('listening on', server.address().port));
