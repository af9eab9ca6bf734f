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
  let pieces = [];
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    pieces.push(chunk);
    if (!chunk.includes(10)) return;
    let rest = Buffer.concat(pieces);
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      socket.write(reply(rest.subarray(0, end).toString()));
      rest = rest.subarray(end + 1);
    }
    pieces = [rest];
  });
});

server.listen(port, '127.0.0.1');
