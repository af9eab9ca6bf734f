// Class: tls
// HTTPS with keep-alive, a large body, fetch is not used: it wants a trusted certificate.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import https from 'node:https';

const file = (name) => readFileSync(new URL(`certificate/${name}.pem`, import.meta.url));
const server = https.createServer({ key: file('key'), cert: file('cert') }, (req, res) => {
  let size = 0;
  req.on('data', (chunk) => {
    size += chunk.length;
  });
  req.on('end', () => res.end(`${req.method} ${size} ${'z'.repeat(req.url === '/big' ? 150_000 : 0)}`));
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const agent = new https.Agent({ keepAlive: true, maxSockets: 1, ca: file('cert'), servername: 'localhost' });
const ask = (path, body) =>
  new Promise((done, fail) => {
    const req = https.request(
      { port: server.address().port, host: '127.0.0.1', path, agent, method: body ? 'POST' : 'GET' },
      async (res) => {
        let size = 0;
        for await (const chunk of res) size += chunk.length;
        done(`${res.statusCode} ${size} ${req.reusedSocket}`);
      },
    );
    req.on('error', fail);
    req.end(body);
  });
console.log(await ask('/one'));
console.log(await ask('/two', 'x'.repeat(40_000)));
console.log(await ask('/big'));
agent.destroy();
server.close();
