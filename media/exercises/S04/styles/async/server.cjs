const net = require('node:net');
const { on } = require('node:events');

async function main() {
  const server = net.createServer().listen(process.env.PORT || 4000, '127.0.0.1');
  for await (const [socket] of on(server, 'connection')) {
    const { localAddress, localPort, remoteAddress, remotePort } = socket;
    const text = 'tcp ' + localAddress + ':' + localPort + ' <-> ' + remoteAddress + ':' + remotePort;
    console.log(text);
    socket.on('error', () => {});
    socket.end(text + '\n');
  }
}

main();
