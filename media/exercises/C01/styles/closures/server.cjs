const net = require('node:net');

const people = new Map();

function tellOthers(me, line) {
  for (const [name, socket] of Array.from(people)) {
    if (name === me) continue;
    tell(socket, line);
  }
}

function tell(socket, line) {
  if (socket.destroyed || socket.writableEnded) return;
  socket.write(line + '\n');
  if (socket.writableLength > 1 << 20) socket.destroy(new Error('too slow'));
}

const server = net.createServer((socket) => {
  let me = null;
  let text = '';
  socket.setEncoding('utf8');
  socket.on('error', () => {});
  socket.on('data', (piece) => {
    text += piece;
    const lines = text.split('\n');
    text = lines.pop();
    if (text.length > 4096) return socket.end('! line too long\n');
    lines.forEach(handle);
  });
  socket.on('close', () => {
    if (me === null) return;
    people.delete(me);
    tellOthers(me, '* ' + me + ' left');
  });

  function handle(raw) {
    const line = raw.replace(/\r$/, '');
    const [word, name] = line.split(' ');
    if (word === '/nick' && name) {
      if (me) return tell(socket, '! you have a name');
      if (people.has(name)) return tell(socket, '! name taken');
      me = name;
      people.set(me, socket);
      tell(socket, '* welcome ' + me);
      tellOthers(me, '* ' + me + ' joined');
    } else if (word === '/quit') {
      socket.end('* bye\n');
    } else if (me === null) {
      tell(socket, '! first say /nick NAME');
    } else if (word === '/who') {
      tell(socket, '* ' + Array.from(people.keys()).sort().join(' '));
    } else if (line) {
      tellOthers(me, me + ': ' + line);
    }
  }
});

server.listen(process.env.PORT || 4000, '127.0.0.1');
