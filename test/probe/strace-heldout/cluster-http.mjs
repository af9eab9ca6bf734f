// HTTP in a cluster; a worker that dies and is replaced.
import cluster from 'node:cluster';
import { once } from 'node:events';
import http from 'node:http';

if (cluster.isPrimary) {
  const first = cluster.fork();
  const [address] = await once(first, 'listening');
  const ask = (path) =>
    new Promise((done) => {
      const req = http.get({ host: '127.0.0.1', port: address.port, path, agent: false }, async (res) =>
        done((await res.toArray()).join('')),
      );
      req.on('error', (error) => done(error.code));
    });
  console.log(await ask('/one'), await ask('/two'));
  const gone = once(first, 'exit');
  console.log(await ask('/die'));
  console.log((await gone)[0]);
  const second = cluster.fork({ SECOND: '1' });
  const [next] = await once(second, 'listening');
  address.port = next.port;
  console.log(await ask('/three'));
  second.disconnect();
  await once(second, 'exit');
} else {
  const server = http.createServer((req, res) => {
    if (req.url === '/die') process.exit(7);
    res.end(`${req.url} ${process.env.SECOND ?? '0'}`);
  });
  server.listen(0, '127.0.0.1');
}
