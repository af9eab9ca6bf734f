const net = require('node:net');
const { pipeline } = require('node:stream');

const server = net.createServer((socket) => {
  pipeline(socket, socket, (error) => {
    if (error) console.log('a client left early');
  });
});
server.listen(process.env.PORT || 4000, '127.0.0.1');
