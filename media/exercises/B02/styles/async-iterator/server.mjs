import net from 'node:net';

async function* lines(socket, limit) {
  let held = [];
  let size = 0;
  for await (const chunk of socket) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      yield Buffer.concat([...held, chunk.subarray(from, end)]).toString();
      held = [];
      size = 0;
      from = end + 1;
    }
    held.push(chunk.subarray(from));
    size += chunk.length - from;
    if (size > limit) throw new Error('line too long');
  }
}

async function serve(socket) {
  for await (const line of lines(socket, 1 << 20)) {
    let message;
    try {
      message = JSON.parse(line);
    } catch {
      socket.write('{"error":"bad JSON"}\n');
      continue;
    }
    socket.write(`${JSON.stringify({ id: message.id, text: message.text.toUpperCase() })}\n`);
  }
}

net.createServer((socket) => serve(socket).catch(() => socket.destroy())).listen(process.env.PORT ?? 4000, '127.0.0.1');
