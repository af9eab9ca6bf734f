// Chunked bodies both ways, 100 Continue, a response that the client gives up, a socket that is not HTTP.
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { Readable } from 'node:stream';

const server = http.createServer((req, res) => {
  if (req.url === '/endless') {
    const timer = setInterval(() => res.write('x'.repeat(1000)), 5);
    res.on('close', () => clearInterval(timer));
    return;
  }
  req.pipe(res);
});
server.on('checkContinue', (req, res) => {
  res.writeContinue();
  req.resume().on('end', () => res.end('continued'));
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const { port } = server.address();
const big = http.request({ port, host: '127.0.0.1', method: 'POST', agent: false });
Readable.from([Buffer.alloc(200_000), Buffer.alloc(100_000), 'end']).pipe(big);
const [echo] = await once(big, 'response');
let size = 0;
for await (const chunk of echo) size += chunk.length;
console.log(size);
const polite = http.request({ port, host: '127.0.0.1', method: 'PUT', headers: { Expect: '100-continue' }, agent: false });
polite.on('continue', () => polite.end('body'));
polite.flushHeaders();
const [answer] = await once(polite, 'response');
answer.resume();
await once(answer, 'end');
const endless = http.get({ port, host: '127.0.0.1', path: '/endless', agent: false });
const [response] = await once(endless, 'response');
await once(response, 'data');
endless.on('error', () => {});
response.on('error', () => {});
endless.destroy();
const odd = net.connect(port, '127.0.0.1', () => odd.write('this is no HTTP\r\n\r\n'));
odd.resume();
await once(odd, 'close');
server.close();
