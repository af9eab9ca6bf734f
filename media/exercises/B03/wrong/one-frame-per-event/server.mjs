// Answers every frame with a frame that says ok and repeats its bytes. You need not change this file.
import net from 'node:net';
import { createDecoder, encode } from './frames.mjs';

const port = Number(process.env.PORT ?? 4000);

const server = net.createServer((socket) => {
  const decoder = createDecoder(1024 * 1024);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    let frames;
    try {
      frames = decoder.push(chunk);
    } catch {
      // Whoever sends a length that is too great gets no second chance.
      return socket.destroy();
    }
    for (const frame of frames) socket.write(encode(Buffer.concat([Buffer.from('ok '), frame])));
  });
});

server.listen(port, '127.0.0.1');
