import net, { type Socket } from 'node:net';
import { createDecoder, type Decoder, encode } from './frames.mts';

const port: number = Number(process.env.PORT ?? 4000);
const OK: Buffer = Buffer.from('ok ');

net
  .createServer((socket: Socket) => {
    const decoder: Decoder = createDecoder(1024 * 1024);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const frame of decoder.push(chunk)) socket.write(encode(Buffer.concat([OK, frame])));
      } catch {
        socket.destroy();
      }
    });
  })
  .listen(port, '127.0.0.1');
