// What is held back must neither keep a program that has finished with it, nor reach it. Argument: what it does.
import net from 'node:net';

const mode = process.argv[2];
const said = [];
const server = net.createServer((socket) => {
  socket.on('error', (error) => said.push(`server ${error.code}`));
  socket.write('0123456789');
  if (mode === 'unref') socket.unref();
});
server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1');
  client.on('data', (chunk) => {
    said.push(String(chunk));
    if (mode === 'first') client.destroy();
  });
  client.on('error', (error) => said.push(error.code));
  client.on('connect', () => {
    said.push('connect');
    if (['timer', 'write', 'big'].includes(mode)) setTimeout(() => client.destroy(), 30);
    // More than the kernel takes, as nobody reads it: that write is abandoned without any fault.
    const bytes = { write: 26_000, big: 64_000_000 }[mode];
    if (bytes) client.write(Buffer.alloc(bytes, 'x'), (error) => said.push(error ? error.code : 'written'));
    if (mode === 'unref') {
      client.unref();
      server.unref();
    }
  });
  if (mode === 'connect') setTimeout(() => client.destroy(), 30);
  client.on('close', () => {
    said.push('close');
    server.close();
  });
});
process.on('exit', () => console.log(JSON.stringify(said)));
