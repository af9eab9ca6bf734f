// Class: http2
// HTTP/2 in the clear: what C++ reads and writes there is known in total only.
import { once } from 'node:events';
import http2 from 'node:http2';

const server = http2.createServer((req, res) => {
  let size = 0;
  req.on('data', (chunk) => {
    size += chunk.length;
  });
  req.on('end', () => res.end(`${req.url} ${size} ${'h'.repeat(50_000)}`));
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const session = http2.connect(`http://127.0.0.1:${server.address().port}`);
const ask = async (path, body) => {
  const req = session.request({ ':path': path, ':method': body ? 'POST' : 'GET' });
  req.end(body);
  let size = 0;
  for await (const chunk of req) size += chunk.length;
  return size;
};
console.log(await Promise.all([ask('/one'), ask('/two', 'x'.repeat(30_000)), ask('/three')]));
session.close();
await once(session, 'close');
server.close();
