import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

// The side that stays says what it sees. It sends `greeting` bytes first, which the other side never asks for.
let greeting = 0;
const server = net.createServer((stays) => {
  stays.on('end', () => console.log('   the side that stays sees: end'));
  stays.on('error', (error) => console.log('   the side that stays sees: error', error.code));
  stays.on('close', () => console.log('   the side that stays sees: close'));
  stays.resume();
  if (greeting > 0) stays.write(Buffer.alloc(greeting));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');

async function leave(how, bytes, goodbye) {
  console.log(how);
  greeting = bytes;
  const leaves = net.connect(server.address().port, '127.0.0.1');
  await once(leaves, 'connect');
  await pause(100);
  const closed = once(leaves, 'close');
  goodbye(leaves);
  await closed;
  await pause(100);
}

await leave('1 end()', 0, (leaves) => leaves.resume().end());
await leave('2 destroy()', 0, (leaves) => leaves.destroy());
await leave('3 resetAndDestroy()', 0, (leaves) => leaves.resetAndDestroy());
await leave('4 destroy(), 500,000 bytes were not asked for', 500_000, (leaves) => leaves.destroy());
await leave('5 destroy(), 5 bytes were not asked for', 5, (leaves) => leaves.destroy());

server.close();
