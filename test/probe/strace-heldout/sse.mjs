// Server-sent events, a long poll, a reader that gives up, requests in parallel over one agent.
import { once } from 'node:events';
import http from 'node:http';

const waiting = [];
const server = http.createServer({ keepAliveTimeout: 50 }, (req, res) => {
  if (req.url === '/events') {
    res.writeHead(200, { 'Content-Type': 'text/event-stream' });
    let id = 0;
    const timer = setInterval(() => res.write(`id: ${++id}\ndata: tick\n\n`), 5);
    req.on('close', () => clearInterval(timer));
  } else if (req.url === '/wait') waiting.push(res);
  else {
    req.resume();
    req.on('end', () => {
      for (const res2 of waiting.splice(0)) res2.end('now');
      res.setHeader('Connection', 'close');
      res.end('told');
    });
  }
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const base = {
  host: '127.0.0.1',
  port: server.address().port,
  agent: new http.Agent({ keepAlive: true, maxSockets: 4, scheduling: 'fifo' }),
};
const get = (path, options = {}) =>
  new Promise((done, fail) => {
    const req = http.request({ ...base, path, ...options }, async (res) => done((await res.toArray()).join('')));
    req.on('error', fail);
    req.end(options.body);
  });
const events = http.get({ ...base, path: '/events' });
const [stream] = await once(events, 'response');
let seen = 0;
for await (const chunk of stream) {
  seen += String(chunk).split('data').length - 1;
  if (seen >= 4) break;
}
console.log(seen >= 4);
const polls = [get('/wait'), get('/wait')];
await new Promise((done) => setTimeout(done, 30));
console.log(await get('/tell', { method: 'POST', body: 'x'.repeat(5000), headers: { 'Content-Length': 5000 } }), await Promise.all(polls));
await new Promise((done) => setTimeout(done, 80));
base.agent.destroy();
server.close();
