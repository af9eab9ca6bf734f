import net from 'node:net';
import { createDecoder, encode } from './frames.mjs';

async function serve(socket) {
  const decoder = createDecoder(1024 * 1024);
  for await (const chunk of socket)
    for (const frame of decoder.push(chunk)) socket.write(encode(Buffer.concat([Buffer.from('ok '), frame])));
}

const server = net.createServer((socket) => {
  socket.on('error', () => {});
  // The iterator destroys the socket when the loop is left by an error.
  serve(socket).catch(() => {});
});

server.listen(Number(process.env.PORT ?? 4000), '127.0.0.1');
