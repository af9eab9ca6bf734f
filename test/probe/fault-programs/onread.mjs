// The `onread` option: bytes come into buffers of the program.
import net from 'node:net';

const server = net.createServer((socket) => socket.end('0123456789'.repeat(500)));
server.listen(0, '127.0.0.1', () => {
  let got = '';
  let calls = 0;
  let largest = 0;
  const client = net.connect({
    port: server.address().port,
    host: '127.0.0.1',
    onread: {
      buffer: () => Buffer.alloc(200 + (calls % 3)),
      callback: (count, buffer) => {
        calls++;
        largest = Math.max(largest, count);
        got += buffer.toString('latin1', 0, count);
        if (calls % 7 === 0) {
          setTimeout(() => client.resume(), 1);
          client.pause();
        }
        return true;
      },
    },
  });
  client.on('close', () => {
    console.log(JSON.stringify({ same: got === '0123456789'.repeat(500), largest: largest <= 202, bytesRead: client.bytesRead }));
    server.close();
  });
});
