import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

// The server writes down how large each 'data' event is.
const server = net.createServer((socket) => {
  const sizes = [];
  socket.on('data', (chunk) => sizes.push(chunk.length));
  socket.on('end', () => console.log(`${sizes.length} data events:`, sizes.slice(0, 5).join(', '), sizes.length > 5 ? '...' : ''));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');

async function send(write) {
  const client = net.connect(server.address().port, '127.0.0.1');
  client.setNoDelay(true);
  await once(client, 'connect');
  await write(client);
  client.resume();
  await once(client, 'close');
}

// Part A: three writes in a row.
await send((client) => {
  client.write('one');
  client.write('two');
  client.end('three');
});

// Part B: the same with 20 ms between them.
await send(async (client) => {
  client.write('one');
  await pause(20);
  client.write('two');
  await pause(20);
  client.end('three');
});

// Part C: one write of 1 MiB.
await send((client) => client.end(Buffer.alloc(1024 * 1024)));

server.close();
