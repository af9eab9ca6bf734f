// Class: names
// Names: getaddrinfo asks on a thread of libuv's pool, c-ares in C; their sockets are not Node's handles.
import dns from 'node:dns';
import { once } from 'node:events';
import net from 'node:net';

const server = net.createServer((peer) => peer.end('found'));
await once(server.listen(0, 'localhost'), 'listening');
let text = '';
for await (const chunk of net.connect(server.address().port, 'localhost')) text += chunk;
console.log(text);
const resolver = new dns.promises.Resolver({ timeout: 50, tries: 1 });
resolver.setServers(['127.0.0.1:9']);
console.log(await resolver.resolve4('nobody.invalid').catch((error) => error.code));
server.close();
