import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

const socket = net.connect(port, '127.0.0.1');
let text = '';

const connecting = setTimeout(() => socket.destroy(new Error('connect timeout')), 500);
socket.setEncoding('utf8');
socket.on('connect', () => {
  clearTimeout(connecting);
  socket.write('hello\n');
  socket.setTimeout(500, () => socket.destroy(new Error('idle timeout')));
});
socket.on('data', (piece) => {
  text += piece;
  if (!text.includes('\n')) return;
  console.log(`result: ${text.trim()}`);
  socket.destroy();
});
socket.on('error', (error) => console.log(`error: ${error.message}`));
socket.on('close', () => clearTimeout(connecting));
