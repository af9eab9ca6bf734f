// Answer and FIN arrive together at an end that has said goodbye itself: libuv may report the end without reading it.
import net from 'node:net';

const server = net.createServer({ allowHalfOpen: true }, (socket) => {
  socket.resume();
  socket.on('end', () => socket.end('answer'));
});
server.listen(0, '127.0.0.1', async () => {
  for (let round = 0; round < 10; round++) {
    const client = net.connect(server.address().port, '127.0.0.1', () => client.end('question'));
    client.on('data', () => {
      // Give the FIN the time to arrive while the answer is being dealt with.
      for (const until = Date.now() + (round % 3); Date.now() < until; );
    });
    await new Promise((resolve) => client.once('close', resolve));
  }
  server.close();
});
