// Missing: close (undici leaves connections open; at its end Node closes them below JavaScript)
// fetch: several requests over the connections it keeps.
import { once } from 'node:events';
import http from 'node:http';

const server = http.createServer((req, res) => {
  let size = 0;
  req.on('data', (chunk) => {
    size += chunk.length;
  });
  req.on('end', () => res.end(`${req.url} ${size} ${'y'.repeat(req.url === '/big' ? 100_000 : 1)}`));
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const base = `http://127.0.0.1:${server.address().port}`;
for (const path of ['/one', '/two']) console.log((await (await fetch(base + path)).text()).length);
const both = await Promise.all([fetch(`${base}/post`, { method: 'POST', body: 'z'.repeat(20_000) }), fetch(`${base}/big`)]);
console.log((await Promise.all(both.map((r) => r.text()))).map((t) => t.length));
const stop = new AbortController();
const given = fetch(`${base}/big`, { signal: stop.signal }).catch((error) => error.name);
stop.abort();
console.log(await given);
server.close();
server.closeAllConnections();
