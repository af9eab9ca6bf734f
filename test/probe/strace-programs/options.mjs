// Options before and after there is a descriptor.
import dgram from 'node:dgram';
import net from 'node:net';

const server = net.createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 5000 }, (socket) => {
  socket.resume();
  socket.on('end', () => socket.end());
  socket.on('close', () => server.close());
});
server.listen(0, '127.0.0.1', () => {
  const client = net.connect({
    port: server.address().port,
    host: '127.0.0.1',
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 1000,
  });
  client.setTimeout(5000);
  const early = net.connect(server.address().port, '127.0.0.1');
  early.setNoDelay(true).setKeepAlive(true, 2000);
  early.on('connect', () => early.destroy());
  client.on('connect', () => {
    client.setNoDelay(false);
    client.setKeepAlive(false);
    client.end('x');
  });
  client.resume();
});
const udp = dgram.createSocket({ type: 'udp4', reuseAddr: true, recvBufferSize: 8192 });
udp.bind(0, '127.0.0.1', () => {
  udp.setBroadcast(true);
  udp.setTTL(9);
  udp.setMulticastTTL(3);
  udp.setMulticastLoopback(false);
  udp.getSendBufferSize();
  udp.close();
});
