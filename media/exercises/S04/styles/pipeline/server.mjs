import net from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const describe = (socket) => {
  const { localAddress, localPort, remoteAddress, remotePort } = socket;
  return `tcp ${localAddress}:${localPort} <-> ${remoteAddress}:${remotePort}`;
};

const server = net.createServer(async (socket) => {
  const line = describe(socket);
  console.log(line);
  try {
    await pipeline(Readable.from([line, '\n']), socket);
  } catch {
    // The client has gone away.
  }
});

server.listen({ port: Number(process.env.PORT ?? 4000), host: '127.0.0.1' });
