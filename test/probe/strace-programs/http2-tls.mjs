// Class: http2
// HTTP/2 over TLS.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http2 from 'node:http2';

const file = (name) => readFileSync(new URL(`certificate/${name}.pem`, import.meta.url));
const server = http2.createSecureServer({ key: file('key'), cert: file('cert') }, (req, res) => res.end(`secure ${req.url}`));
await once(server.listen(0, '127.0.0.1'), 'listening');
const session = http2.connect(`https://127.0.0.1:${server.address().port}`, { ca: file('cert'), servername: 'localhost' });
for (const path of ['/one', '/two']) {
  const req = session.request({ ':path': path });
  let text = '';
  for await (const chunk of req) text += chunk;
  console.log(text);
}
session.close();
await once(session, 'close');
server.close();
