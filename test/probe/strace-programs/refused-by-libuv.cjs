// What libuv refuses by itself, without a system call; and an option that the kernel refuses.
const dgram = require('node:dgram');
const net = require('node:net');

const say = (name) => (error) => console.log(name, error?.code);
const long = `/tmp/${'x'.repeat(200)}`;
// Node 20 and 22 cut the path instead.
if (Number.parseInt(process.versions.node, 10) >= 24) {
  net.connect(long).on('error', say('connect'));
  net.createServer().on('error', say('listen')).listen(long);
}
const other = dgram.createSocket({ type: 'udp4', ipv6Only: true });
other.on('error', say('bind'));
other.bind(0, '127.0.0.1');

const first = net.createServer().listen(0, '127.0.0.1', () => {
  const second = net.createServer().on('error', (error) => {
    say('in use')(error);
    first.close();
  });
  second.listen(first.address().port, '127.0.0.1');
});

const socket = dgram.createSocket('udp4');
socket.bind(0, '127.0.0.1', () => {
  const calls = {
    ttl: () => socket.setTTL(1000),
    multicastTTL: () => socket.setMulticastTTL(1000),
    membership: () => socket.addMembership('nonsense'),
    interface: () => socket.addMembership('224.0.0.114', '127.0.0.256'),
    multicastInterface: () => socket.setMulticastInterface('nonsense'),
    kernel: () => socket.addMembership('127.0.0.1'),
  };
  for (const [name, call] of Object.entries(calls)) {
    try {
      call();
    } catch (error) {
      say(name)(error);
    }
  }
  socket.close();
});
