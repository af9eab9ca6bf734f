import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

const started = Date.now();
let connected = 0;
let last = 0;
let done = false;
let line = '';

const socket = net.createConnection(port, '127.0.0.1');

function finish(text) {
  if (done) return;
  done = true;
  clearInterval(clock);
  console.log(text);
  socket.destroy();
}

const clock = setInterval(() => {
  const now = Date.now();
  if (!connected && now - started > 500) finish('error: connect timeout');
  else if (connected && now - last > 500) finish('error: idle timeout');
  else if (now - started > 1500) finish('error: deadline');
}, 20);

socket.on('connect', () => {
  connected = last = Date.now();
  socket.write('hello\n');
});
socket.on('data', (chunk) => {
  last = Date.now();
  line += chunk.toString('latin1');
  if (line.endsWith('\n')) finish(`result: ${line.slice(0, -1)}`);
});
socket.on('error', (error) => finish(`error: ${error.message}`));
