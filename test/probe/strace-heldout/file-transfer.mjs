// Files with their length in front, from disk to disk.

import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const folder = mkdtempSync(join(tmpdir(), 'socketscope-files-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const source = join(folder, 'source');
writeFileSync(source, Buffer.alloc(3_000_000, 'file '));
const server = net.createServer(async (socket) => {
  const { size } = statSync(source);
  const head = Buffer.alloc(8);
  head.writeBigUInt64BE(BigInt(size));
  socket.write(head);
  await pipeline(createReadStream(source, { highWaterMark: 100_000 }), socket);
});
await once(server.listen(0, '127.0.0.1'), 'listening');
for (let i = 0; i < 2; i++) {
  const socket = net.connect({ port: server.address().port, host: '127.0.0.1', highWaterMark: i === 0 ? 16_384 : 1 << 20 });
  await once(socket, 'readable');
  let head = socket.read(8);
  while (head === null) {
    await once(socket, 'readable');
    head = socket.read(8);
  }
  const copy = join(folder, `copy${i}`);
  await pipeline(socket, createWriteStream(copy));
  console.log(Number(head.readBigUInt64BE()) === statSync(copy).size);
}
server.close();
