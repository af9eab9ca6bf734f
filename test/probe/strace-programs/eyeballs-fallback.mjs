// Happy eyeballs where the first address refuses, where all refuse, where the wanted family is the second.
import { once } from 'node:events';
import net from 'node:net';

const server = net.createServer((peer) => peer.end('here'));
await once(server.listen(0, '127.0.0.1'), 'listening');
const { port } = server.address();
const addresses = (...list) => ({
  host: 'made.up',
  lookup: (_host, options, done) => done(null, options.all ? list.map((address) => ({ address, family: net.isIP(address) })) : list[0]),
});
const visit = async (options) => {
  const socket = net.connect({ port, autoSelectFamily: true, autoSelectFamilyAttemptTimeout: 100, ...options });
  const attempts = [];
  socket.on('connectionAttempt', (ip) => attempts.push(ip));
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.on('error', (error) => {
    text = `${error.code} ${error.errors?.length}`;
  });
  await new Promise((done) => socket.on('close', done));
  return `${attempts} ${text}`;
};
console.log(await visit(addresses('::1', '127.0.0.1')));
console.log(await visit(addresses('::1', '127.0.0.3')));
console.log(await visit(addresses('127.0.0.1', '::1')));
console.log(await visit({ ...addresses('::1', '127.0.0.1'), family: 4, autoSelectFamily: false, lookup: undefined, host: '127.0.0.1' }));
server.close();
