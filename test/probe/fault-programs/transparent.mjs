// Both ends send half a megabyte, pause, use cork, strings and buffers, and end. What it prints must not depend on how TCP cuts the stream.
// PATH as argument: a Unix-domain socket.
import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import net from 'node:net';

const where = process.argv[2];
const context = new AsyncLocalStorage();
const report = {};
function watch(name, socket, done) {
  const hash = createHash('sha256');
  const events = [];
  const said = (event) => events.includes(event) || events.push(event);
  let read = 0;
  let paused = false;
  let pauses = 0;
  socket.on('data', (chunk) => {
    said('data');
    if (paused) said('data while paused');
    if (context.getStore() !== name) said(`context ${context.getStore()}`);
    if (!Buffer.isBuffer(chunk)) said('no buffer');
    hash.update(chunk);
    read += chunk.length;
    if (socket.bytesRead < read) said(`bytesRead ${socket.bytesRead} of ${read}`);
    if (read > 100_000 * (pauses + 1) && pauses < 3) {
      pauses++;
      paused = true;
      socket.pause();
      setTimeout(() => {
        paused = false;
        socket.resume();
      }, 10);
    }
  });
  for (const event of ['end', 'error', 'timeout']) socket.on(event, () => said(event));
  socket.on('close', (failed) => {
    said(`close ${failed}`);
    report[name] = {
      events,
      pauses,
      read,
      bytesRead: socket.bytesRead,
      bytesWritten: socket.bytesWritten,
      hash: hash.digest('hex'),
    };
    done();
  });
}
function send(socket, seed) {
  const part = Buffer.alloc(40_000, seed);
  let callbacks = 0;
  for (let i = 0; i < 8; i++) socket.write(part, () => callbacks++);
  socket.write('päiv\u00e4\u00e4 '.repeat(1000), 'utf8', () => callbacks++);
  socket.write('caf\u00e9'.repeat(10), 'latin1', () => callbacks++);
  socket.cork();
  for (let i = 0; i < 20; i++) socket.write(`line ${i} of ${seed}\n`, () => callbacks++);
  socket.write(Buffer.from('ffee', 'hex'), () => callbacks++);
  socket.uncork();
  socket.write('616263', 'hex', () => callbacks++);
  socket.write('wide', 'utf16le', () => callbacks++);
  socket.end(part, () => {
    report[`${seed} callbacks`] = callbacks;
  });
}
let open = 2;
const server = net.createServer({ allowHalfOpen: true }, (socket) => {
  context.run('server', () => {
    watch('server', socket, closed);
    send(socket, 'server');
  });
});
function closed() {
  if (--open > 0) return;
  server.close();
  console.log(JSON.stringify(report, Object.keys(report).sort().concat('events', 'pauses', 'read', 'bytesRead', 'bytesWritten', 'hash')));
}
server.listen(where ? { path: where } : { port: 0, host: '127.0.0.1' }, () => {
  context.run('client', () => {
    const client = net.connect(
      where ? { path: where, allowHalfOpen: true } : { port: server.address().port, host: '127.0.0.1', allowHalfOpen: true },
    );
    watch('client', client, closed);
    client.on('connect', () => send(client, 'client'));
  });
});
