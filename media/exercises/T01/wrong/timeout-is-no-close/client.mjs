import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

const socket = net.connect(port, '127.0.0.1');
let text = '';

socket.setTimeout(500, () => console.log('error: idle timeout'));
socket.setEncoding('utf8');
socket.on('connect', () => socket.write('hello\n'));
socket.on('data', (piece) => {
  text += piece;
  if (!text.includes('\n')) return;
  console.log(`result: ${text.trim()}`);
  socket.destroy();
});
socket.on('error', (error) => console.log(`error: ${error.message}`));
