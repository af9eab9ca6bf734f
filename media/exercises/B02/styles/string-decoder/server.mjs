import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);
const LIMIT = 1_000_000;

net
  .createServer((socket) => {
    let text = '';
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    socket.on('data', (piece) => {
      text += piece;
      const lines = text.split('\n');
      text = lines.pop();
      for (const line of lines) {
        let out;
        try {
          const message = JSON.parse(line);
          out = { id: message.id, text: message.text.toUpperCase() };
        } catch {
          out = { error: 'bad JSON' };
        }
        socket.write(JSON.stringify(out) + '\n');
      }
      if (text.length > LIMIT) socket.destroy();
    });
  })
  .listen(port, '127.0.0.1');
