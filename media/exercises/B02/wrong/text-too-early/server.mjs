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
  let rest = '';
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    rest += chunk;
    for (let end = rest.indexOf('\n'); end !== -1; end = rest.indexOf('\n')) {
      socket.write(reply(rest.slice(0, end)));
      rest = rest.slice(end + 1);
    }
    if (rest.length > 1024 * 1024) socket.destroy();
  });
});

server.listen(port, '127.0.0.1');
