// HTTP with keep-alive: several requests over one connection.
import http from 'node:http';

const server = http.createServer((request, response) => {
  let size = 0;
  request.on('data', (chunk) => {
    size += chunk.length;
  });
  request.on('end', () => response.end(`${request.method} ${request.url} ${size}\n`));
});
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const ask = (port, path, body) =>
  new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, path, agent, method: body ? 'POST' : 'GET' }, (response) => {
      response.resume();
      response.on('end', resolve);
    });
    request.on('error', reject);
    request.end(body);
  });
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  await ask(port, '/one');
  await ask(port, '/two', 'x'.repeat(1000));
  await ask(port, '/three');
  agent.destroy();
  server.close();
});
