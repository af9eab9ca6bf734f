// Connections and bytes by for await, a Duplex made of a socket, Readable.from into one.
import { on, once } from 'node:events';
import net from 'node:net';
import { addAbortSignal, compose, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

const server = net.createServer();
await once(server.listen(0, '127.0.0.1'), 'listening');
const stop = new AbortController();
const serving = (async () => {
  try {
    for await (const [socket] of on(server, 'connection', { signal: stop.signal })) {
      const upper = compose(async function* (source) {
        for await (const chunk of source) yield String(chunk).toUpperCase();
      });
      socket.pipe(upper).pipe(socket);
    }
  } catch (error) {
    console.log(error.name);
  }
})();
for (const words of [['one'], ['two ', 'three ', 'four'], []]) {
  const socket = net.connect({ port: server.address().port, host: '127.0.0.1' });
  Readable.from(words).pipe(socket);
  console.log(await text(socket));
}
const halted = new AbortController();
const socket = addAbortSignal(halted.signal, net.connect(server.address().port, '127.0.0.1'));
socket.on('error', (error) => console.log(error.name));
socket.write('never read');
await once(socket, 'ready');
halted.abort();
await new Promise((done) => socket.on('close', done));
stop.abort();
await serving;
server.close();
