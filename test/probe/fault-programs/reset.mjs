// A client that asks and is answered until something breaks; says how both ends saw it.
import net from 'node:net';

const said = { server: [], client: [] };
let open = 2;
const ended = () => {
  if (--open > 0) return;
  console.log(JSON.stringify(said));
  server.close();
};
const watch = (name, socket) => {
  socket.on('error', (error) => said[name].push(`${error.code} ${error.syscall} ${error.errno < 0}`));
  socket.on('end', () => said[name].push('end'));
  socket.on('close', (failed) => {
    said[name].push(`close ${failed} ${socket.bytesRead} ${socket.bytesWritten}`);
    ended();
  });
};
const server = net.createServer((socket) => {
  watch('server', socket);
  socket.on('data', (chunk) => socket.write(chunk));
});
server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1');
  watch('client', client);
  let asked = 0;
  const ask = () => (asked++ < 10 ? client.write('0123456789') : client.end());
  client.on('connect', ask);
  let got = 0;
  client.on('data', (chunk) => {
    got += chunk.length;
    if (got === asked * 10) ask();
  });
});
