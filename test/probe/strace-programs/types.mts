// Since: 22
// TypeScript, run by type stripping.
import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';

interface Greeting {
  text: string;
}
const server: net.Server = net.createServer((peer: Socket): void => {
  peer.end(JSON.stringify({ text: 'typed' } satisfies Greeting));
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
const [chunk] = (await once(socket, 'data')) as [Buffer];
console.log((JSON.parse(String(chunk)) as Greeting).text);
await once(socket, 'close');
server.close();
