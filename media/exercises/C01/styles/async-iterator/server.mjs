import { EventEmitter } from 'node:events';
import net from 'node:net';

const chat = new EventEmitter().setMaxListeners(0);
const names = new Set();

async function* lines(socket) {
  let rest = Buffer.alloc(0);
  for await (const chunk of socket) {
    rest = Buffer.concat([rest, chunk]);
    let end = rest.indexOf('\n');
    while (end >= 0) {
      yield rest.toString('utf8', 0, end);
      rest = rest.subarray(end + 1);
      end = rest.indexOf('\n');
    }
    if (rest.length > 4096) {
      socket.end('! line too long\n');
      return;
    }
  }
}

async function serve(socket) {
  let name;
  const say = (line) => {
    if (!socket.writable) return;
    socket.write(`${line}\n`);
    if (socket.writableLength > 1024 * 1024) socket.destroy();
  };
  const hear = (from, line) => from !== name && say(line);
  socket.once('close', () => {
    chat.off('line', hear);
    if (name === undefined) return;
    names.delete(name);
    chat.emit('line', name, `* ${name} left`);
  });
  for await (const line of lines(socket)) {
    if (line === '/quit') {
      socket.end('* bye\n');
      return;
    }
    if (line.startsWith('/nick ')) {
      const wanted = line.slice(6);
      if (name !== undefined) say('! you have a name');
      else if (names.has(wanted)) say('! name taken');
      else {
        name = wanted;
        names.add(name);
        say(`* welcome ${name}`);
        chat.on('line', hear);
        chat.emit('line', name, `* ${name} joined`);
      }
    } else if (name === undefined) say('! first say /nick NAME');
    else if (line === '/who') say(`* ${[...names].sort().join(' ')}`);
    else if (line) chat.emit('line', name, `${name}: ${line}`);
  }
}

net.createServer((socket) => serve(socket).catch(() => socket.destroy())).listen(process.env.PORT ?? 4000, '127.0.0.1');
