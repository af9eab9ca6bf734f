// Since: 24
// net.BoundSocket: an address that is bound before it is known what for.
import { once } from 'node:events';
import net from 'node:net';

const bound = new net.BoundSocket({ host: '127.0.0.1', port: 0 });
const server = net.createServer((peer) => peer.end('bound'));
await once(server.listen(bound), 'listening');
let text = '';
for await (const chunk of net.connect(server.address().port, '127.0.0.1')) text += chunk;
console.log(text);
const unused = new net.BoundSocket({ host: '127.0.0.1', port: 0 });
console.log(unused.address().port > 0);
unused.close();
server.close();
