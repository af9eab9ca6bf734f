// Opens a server on each of five addresses, and tries to reach each of them from two. Prints what happened.
import { once } from 'node:events';
import net from 'node:net';

const servers = [
  { name: '127.0.0.1', host: '127.0.0.1' },
  { name: '0.0.0.0', host: '0.0.0.0' },
  { name: '::1', host: '::1' },
  { name: '::', host: '::' },
  { name: ':: only', host: '::', ipv6Only: true },
];
const clients = ['127.0.0.1', '::1'];

async function reach(server, host) {
  const { port } = server.address();
  const seen = once(server, 'connection').then(([socket]) => {
    socket.resume();
    return socket.remoteAddress;
  });
  const client = net.connect(port, host);
  try {
    await once(client, 'connect');
    return `connects, seen as ${await seen}`;
  } catch (error) {
    return error.code;
  } finally {
    client.destroy();
  }
}

for (const { name, ...where } of servers) {
  const server = net.createServer();
  try {
    server.listen({ port: 0, ...where });
    await once(server, 'listening');
  } catch (error) {
    console.log(`${name} cannot listen: ${error.code}`);
    continue;
  }
  for (const client of clients) console.log(`${name} <- ${client} : ${await reach(server, client)}`);
  server.close();
}
