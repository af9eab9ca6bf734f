import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

const server = net.createServer((socket) => {
  let rest = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      const message = JSON.parse(rest.subarray(0, end).toString());
      rest = rest.subarray(end + 1);
      socket.write(`${JSON.stringify({ id: message.id, text: message.text.toUpperCase() })}\n`);
    }
    if (rest.length > 1024 * 1024) socket.destroy();
  });
});

server.listen(port, '127.0.0.1');
