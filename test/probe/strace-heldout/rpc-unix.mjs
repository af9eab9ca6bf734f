// JSON-RPC over a Unix-domain socket, from a child process, many questions at once.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

if (process.argv[2] === undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'socketscope-rpc-'));
  const server = net.createServer((socket) => {
    createInterface({ input: socket }).on('line', (line) => {
      const { id, params } = JSON.parse(line);
      setTimeout(() => socket.write(`${JSON.stringify({ id, result: params[0] + params[1] })}\n`), id % 3);
    });
  });
  await once(server.listen({ path: join(folder, 'rpc'), readableAll: true, writableAll: true }), 'listening');
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), join(folder, 'rpc')], { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.on('data', (text) => process.stdout.write(text));
  await once(child, 'close');
  server.close();
  await once(server, 'close');
  rmSync(folder, { recursive: true });
} else {
  const socket = net.connect(process.argv[2]);
  const open = new Map();
  createInterface({ input: socket }).on('line', (line) => {
    const { id, result } = JSON.parse(line);
    open.get(id)(result);
  });
  const call = (id, params) =>
    new Promise((done) => {
      open.set(id, done);
      socket.write(`${JSON.stringify({ jsonrpc: '2.0', id, method: 'add', params })}\n`);
    });
  const sums = await Promise.all(Array.from({ length: 20 }, (_, i) => call(i, [i, i])));
  console.log(sums.reduce((a, b) => a + b));
  socket.end();
}
