// A name with an IPv6 and an IPv4 address, where only IPv4 is served: two attempts.
import net from 'node:net';

const server = net.createServer((socket) => socket.end('hi'));
server.listen(0, '127.0.0.1', () => {
  const client = net.connect({
    port: server.address().port,
    host: 'both.example',
    autoSelectFamily: true,
    lookup: (_name, _options, done) =>
      done(null, [
        { address: '::1', family: 6 },
        { address: '127.0.0.1', family: 4 },
      ]),
  });
  client.resume();
  client.on('close', () => server.close());
});
