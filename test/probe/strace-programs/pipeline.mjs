// A proxy: stream.pipeline both ways, one side that ends early.
import { once } from 'node:events';
import net from 'node:net';
import { pipeline, Transform } from 'node:stream';

const upstream = net.createServer((peer) => {
  peer.on('data', (chunk) => peer.write(String(chunk).toUpperCase()));
  peer.on('end', () => peer.end());
  peer.on('error', () => {});
});
await once(upstream.listen(0, '127.0.0.1'), 'listening');
const proxy = net.createServer({ allowHalfOpen: true }, (peer) => {
  const other = net.connect({ port: upstream.address().port, host: '127.0.0.1', allowHalfOpen: true });
  const twice = new Transform({
    transform(chunk, _encoding, done) {
      this.push(chunk);
      done(null, chunk);
    },
  });
  pipeline(peer, twice, other, () => {});
  pipeline(other, peer, () => {});
});
await once(proxy.listen(0, '127.0.0.1'), 'listening');
const client = net.connect(proxy.address().port, '127.0.0.1');
client.end('abc');
let text = '';
for await (const chunk of client) text += chunk;
console.log(text);
const rude = net.connect(proxy.address().port, '127.0.0.1');
rude.write('x');
await once(rude, 'data');
rude.destroy();
await new Promise((done) => setTimeout(done, 30));
proxy.close();
upstream.close();
