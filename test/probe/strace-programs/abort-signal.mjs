import { once } from 'node:events';
import net from 'node:net';

const stop = new AbortController();
const server = net.createServer((peer) => peer.on('error', () => {}).resume());
server.listen({ port: 0, host: '127.0.0.1', signal: stop.signal, backlog: 7 });
await once(server, 'listening');
const { port } = server.address();
const give = new AbortController();
const socket = new net.Socket({ signal: give.signal });
socket.connect(port, '127.0.0.1');
socket.on('error', (e) => console.log(e.name, e.code));
socket.on('close', () => {
  console.log('closed');
  const early = new net.Socket({ signal: AbortSignal.abort() });
  early.on('error', (e) => {
    console.log('early', e.code);
    stop.abort();
  });
});
socket.on('connect', () => give.abort());
server.on('close', () => console.log('server closed', server.listening));
