import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

import { once } from 'node:events';

const deadline = AbortSignal.timeout(1500);
const socket = net.connect(port, '127.0.0.1');
socket.setEncoding('utf8');

async function ask() {
  const early = AbortSignal.any([deadline, AbortSignal.timeout(500)]);
  try {
    await once(socket, 'connect', { signal: early });
  } catch (error) {
    throw error.name === 'AbortError' ? new Error('connect timeout') : error;
  }
  socket.write('hello\n');
  socket.setTimeout(500);
  socket.on('timeout', () => socket.destroy(new Error('idle timeout')));
  deadline.addEventListener('abort', () => socket.destroy(new Error('deadline')), { once: true });
  let text = '';
  for await (const piece of socket) {
    text += piece;
    if (text.includes('\n')) return text.trim();
  }
  throw new Error('closed early');
}

ask()
  .then((line) => console.log(`result: ${line}`))
  .catch((error) => console.log(`error: ${error.message}`))
  .finally(() => socket.destroy());
