// Missing: socket, bind, close (libuv closes the socket of a failed bind before its number can be seen)
// Several clients of a path at the same time; the path in use; half-open; writev; more than fits a buffer.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'socketscope-unix-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'socket');
const server = net.createServer({ allowHalfOpen: true }, (peer) => {
  let size = 0;
  peer.on('data', (chunk) => {
    size += chunk.length;
  });
  peer.on('end', () => peer.end(`${size}`));
});
await once(server.listen(path), 'listening');
const taken = net.createServer();
taken.listen(path);
console.log((await once(taken, 'error'))[0].code);
const visit = async (size) => {
  const client = net.connect(path);
  client.cork();
  client.write('head');
  client.write(Buffer.alloc(size));
  client.uncork();
  client.end();
  let text = '';
  for await (const chunk of client) text += chunk;
  return text;
};
console.log(await Promise.all([10, 1000, 400_000].map(visit)));
server.close();
