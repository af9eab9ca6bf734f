// What libuv refuses by itself, before any system call; a name in the abstract namespace, which is no file.
const dgram = require('node:dgram');
const net = require('node:net');
const say = (error) => console.log(error.code);
const server = net.createServer().listen(`\0socketscope-test-${process.pid}`, () => {
  server.close();
  net.connect(`/tmp/${'x'.repeat(200)}`).on('error', say);
  net.connect({ port: 1, host: '::1', localAddress: '127.0.0.1' }).on('error', say);
  dgram.createSocket('udp4').on('error', say).bind(0, '::1');
});
