// A loop of CONNECTIONS connections, 50 at a time.
import net from 'node:net';

const total = Number(process.env.CONNECTIONS);
const server = net.createServer((socket) => socket.end());
let started = 0;
let done = 0;
server.listen(0, '127.0.0.1', () => {
  const next = () => {
    if (started++ >= total) return;
    const client = net.connect(server.address().port, '127.0.0.1');
    client.resume();
    client.on('close', () => {
      if (++done < total) return next();
      console.log('done', done);
      server.close();
    });
  };
  for (let i = 0; i < 50; i++) next();
});
