// A Unix-domain socket: both ends, and a path where nobody is.
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'socketscope-unix-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const server = net.createServer((socket) => {
  socket.on('data', (chunk) => socket.write(chunk));
  socket.on('close', () => server.close());
});
server.listen(join(folder, 'socket'), () => {
  const lost = net.connect(join(folder, 'nobody'));
  lost.on('error', (error) => {
    console.log(error.code);
    const client = net.connect(join(folder, 'socket'), () => client.write('hello'));
    client.on('data', () => client.end());
  });
});
