import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

let connected = 0;

const server = net.createServer((socket) => {
  connected += 1;
  let n = 0;
  const timer = setInterval(() => {
    if (socket.writable) socket.write(`${++n}\n`);
  }, 10);
  socket.on('data', () => {});
  socket.once('close', () => {
    clearInterval(timer);
    connected -= 1;
    console.log(`${connected} left`);
  });
  socket.once('error', () => socket.destroy());
});
server.listen(port, '127.0.0.1');
