import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

function reply(line) {
  try {
    const message = JSON.parse(line);
    return `${JSON.stringify({ id: message.id, text: message.text.toUpperCase() })}\n`;
  } catch {
    return `{"error":"bad JSON"}\n`;
  }
}

const server = net.createServer((socket) => {
  let rest = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const end = rest.indexOf(10);
    if (end !== -1) {
      socket.write(reply(rest.subarray(0, end).toString()));
      rest = rest.subarray(end + 1);
    }
    if (rest.length > 1024 * 1024) socket.destroy();
  });
});

server.listen(port, '127.0.0.1');
