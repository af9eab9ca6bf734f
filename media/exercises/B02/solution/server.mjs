// A server that answers lines of JSON. {"id":1,"text":"hello"} becomes {"id":1,"text":"HELLO"}.
import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);
const NEWLINE = 10;
const LONGEST_LINE = 1024 * 1024;

function answer(message) {
  return { id: message.id, text: message.text.toUpperCase() };
}

function reply(line) {
  try {
    return answer(JSON.parse(line));
  } catch {
    return { error: 'bad JSON' };
  }
}

const server = net.createServer((socket) => {
  // What has arrived and does not make a whole line yet. Each connection has its own.
  let rest = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(NEWLINE); end !== -1; end = rest.indexOf(NEWLINE)) {
      // Only a whole line is turned into text, so no character is ever cut.
      const line = rest.subarray(0, end).toString('utf8');
      rest = rest.subarray(end + 1);
      socket.write(`${JSON.stringify(reply(line))}\n`);
    }
    // Nobody may fill our memory with a line that never ends.
    if (rest.length > LONGEST_LINE) socket.destroy();
  });
});

server.listen(port, '127.0.0.1');
