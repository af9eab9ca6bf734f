import crypto from 'node:crypto';
import net from 'node:net';

net
  .createServer((socket) => {
    let text = '';
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    socket.on('data', (piece) => {
      text += piece;
      if (!text.includes('\n')) return;
      crypto.pbkdf2(text.trim(), 'socketscope', 500_000, 16, 'sha256', (error, key) => {
        if (error) socket.destroy(error);
        else socket.end(`${key.toString('hex')}\n`);
      });
    });
  })
  .listen(Number(process.env.PORT ?? 4000), '127.0.0.1', 128);
