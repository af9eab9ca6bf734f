// A request with a body over http and one with fetch, over one kept connection each.
import http from 'node:http';

const server = http.createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  response.setHeader('x-length', body.length);
  response.end(body.toUpperCase());
});
server.listen(0, '127.0.0.1', async () => {
  const url = `http://127.0.0.1:${server.address().port}/`;
  const body = 'abc'.repeat(5000);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  for (let i = 0; i < 3; i++) {
    const answer = await new Promise((resolve, reject) => {
      const request = http.request(url, { method: 'POST', agent }, async (response) => {
        let text = '';
        for await (const chunk of response) text += chunk;
        resolve({ status: response.statusCode, length: response.headers['x-length'], same: text === body.toUpperCase() });
      });
      request.on('error', reject);
      request.end(body);
    });
    console.log(JSON.stringify(answer));
  }
  agent.destroy();
  const response = await fetch(url, { method: 'POST', body });
  console.log('fetch', response.status, (await response.text()) === body.toUpperCase());
  server.close();
  server.closeAllConnections();
});
