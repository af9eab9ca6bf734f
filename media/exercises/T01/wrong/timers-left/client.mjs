import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

const socket = net.connect(port, '127.0.0.1');
let text = '';
let done = false;

function finish(line) {
  if (done) return;
  done = true;
  console.log(line);
  socket.destroy();
}

setTimeout(() => socket.connecting && finish('error: connect timeout'), 500);
setTimeout(() => finish('error: deadline'), 1500);
socket.setEncoding('utf8');
socket.on('connect', () => {
  socket.write('hello\n');
  socket.setTimeout(500, () => finish('error: idle timeout'));
});
socket.on('data', (piece) => {
  text += piece;
  if (text.includes('\n')) finish(`result: ${text.trim()}`);
});
socket.on('error', (error) => finish(`error: ${error.message}`));
