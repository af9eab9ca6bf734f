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
  socket.on('error', () => socket.destroy());
  socket.on('data', (data) => {
    const messages = data.toString().match(/(\{.+?\})(?={|\n|$)/g) ?? [];
    for (const message of messages) socket.write(reply(message));
  });
});

server.listen(port, '127.0.0.1');
