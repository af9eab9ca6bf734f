// A listener on :: takes IPv4, too; one that is IPv6 only does not.
import net from 'node:net';

const serve = (options) =>
  new Promise((resolve) => {
    const server = net.createServer((socket) => socket.end('hi'));
    server.listen({ port: 0, ...options }, () => resolve(server));
  });
const visit = (port, host) =>
  new Promise((resolve) => {
    const client = net.connect(port, host);
    client.on('error', (error) => console.log(error.code));
    client.on('close', resolve);
    client.resume();
  });
const both = await serve({ host: '::' });
await visit(both.address().port, '127.0.0.1');
await visit(both.address().port, '::1');
both.close();
const six = await serve({ host: '::1', ipv6Only: true });
await visit(six.address().port, '::1');
await visit(six.address().port, '127.0.0.1');
six.close();
