// One request at a time. The server takes every 'data' for a whole message, which is wrong; with `right` it cuts at line ends.
import net from 'node:net';

const right = process.argv[2] === 'right';
const server = net.createServer((socket) => {
  let rest = '';
  socket.on('data', (chunk) => {
    if (!right) {
      socket.write(`<${chunk.toString().trim()}>\n`);
      return;
    }
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const line of lines) socket.write(`<${line}>\n`);
  });
  socket.on('end', () => socket.end());
});
server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1');
  const words = ['alpha beta', 'gamma delta', 'epsilon zeta', 'eta theta', 'iota kappa'];
  let sent = 0;
  let got = '';
  const next = () => (sent < words.length ? client.write(`${words[sent++]}\n`) : client.end());
  client.on('connect', next);
  client.on('data', (chunk) => {
    got += chunk;
    // The answer is there when it holds as many letters as were asked.
    const letters = (text) => text.replace(/[^a-z]/g, '').length;
    if (letters(got) === letters(words.slice(0, sent).join(''))) next();
  });
  client.on('close', () => {
    console.log(JSON.stringify({ got, bytesWritten: client.bytesWritten }));
    server.close();
  });
});
