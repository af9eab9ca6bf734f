// allowHalfOpen at both ends, each direction finished on its own.
import { once } from 'node:events';
import net from 'node:net';

const server = net.createServer({ allowHalfOpen: true }, (peer) => {
  peer.end('server speaks first and finishes');
  peer.on('data', (d) => console.log('server got', String(d), peer.readyState));
  peer.on('end', () => console.log('server end', peer.readyState));
  peer.on('close', (had) => {
    console.log('server close', had);
    server.close(() => console.log('closed'));
  });
});
server.listen({ port: 0, host: '127.0.0.1' });
await once(server, 'listening');
const client = net.connect({ port: server.address().port, host: '127.0.0.1', allowHalfOpen: true });
client.on('data', (d) => console.log('client got', String(d)));
await once(client, 'end');
console.log('client', client.readyState, client.readable, client.writable);
client.write('still');
await new Promise((r) => setTimeout(r, 30));
client.end('last');
await once(client, 'close');
