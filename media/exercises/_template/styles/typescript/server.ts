import net, { type AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';

const server: net.Server = net.createServer((socket: net.Socket) => {
  pipeline(socket, socket).catch(() => socket.destroy());
});

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => console.log('listening on', (server.address() as AddressInfo).port));
