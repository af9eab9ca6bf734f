// Writes after the end, to a closed peer, to a reset one; destroy at every stage.
const net = require('node:net');
const { once } = require('node:events');

(async () => {
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (data) => {
      const order = String(data);
      if (order === 'close') socket.destroy();
      else if (order === 'reset') socket.resetAndDestroy();
      else if (order === 'end') socket.end();
      else socket.pause();
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address();
  const codes = [];
  for (const order of ['close', 'reset', 'end']) {
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', (error) => codes.push(`${order} ${error.code}`));
    await once(socket, 'connect');
    socket.write(order);
    await new Promise((done) => setTimeout(done, 20));
    for (let i = 0; i < 3 && !socket.destroyed; i++) {
      socket.write('more');
      await new Promise((done) => setTimeout(done, 5));
    }
    socket.destroy();
    await new Promise((done) => (socket.closed ? done() : socket.on('close', done)));
  }
  const after = net.connect(port, '127.0.0.1');
  after.on('error', (error) => codes.push(`after ${error.code}`));
  after.end('stop');
  after.write('too late');
  await new Promise((done) => after.on('close', done));
  const stuffed = net.connect(port, '127.0.0.1');
  stuffed.on('error', () => {});
  await once(stuffed, 'connect');
  stuffed.write('hold');
  await new Promise((done) => setTimeout(done, 10));
  for (let i = 0; i < 200; i++) stuffed.write(Buffer.alloc(65_536));
  await new Promise((done) => setTimeout(done, 20));
  stuffed.destroy();
  await once(stuffed, 'close');
  console.log(codes.join('; '));
  server.close();
  setTimeout(() => process.exit(), 30);
})();
