// A chat room: lines to everybody, one member leaves without a word.
import { once } from 'node:events';
import net from 'node:net';
import { createInterface } from 'node:readline';

const members = new Map();
const say = (text, except) => {
  for (const [socket, name] of members) if (name !== except) socket.write(`${text}\n`);
};
const server = net.createServer((socket) => {
  socket.setEncoding('utf8');
  socket.write('Your name?\n');
  socket.on('error', () => {});
  const lines = createInterface({ input: socket, crlfDelay: Infinity });
  lines.on('error', () => {});
  lines.on('line', (line) => {
    const name = members.get(socket);
    if (name === undefined) {
      members.set(socket, line);
      say(`* ${line} is here`, line);
    } else if (line === '/quit') socket.end('bye\n');
    else say(`<${name}> ${line}`, name);
  });
  socket.on('close', () => {
    const name = members.get(socket);
    members.delete(socket);
    say(`* ${name} left`);
  });
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const join = async (name) => {
  const socket = net.connect(server.address().port, '127.0.0.1');
  const heard = [];
  createInterface({ input: socket })
    .on('line', (line) => heard.push(line))
    .on('error', () => {});
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(`${name}\r\n`);
  return { socket, heard };
};
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const ann = await join('ann');
await pause(20);
const bob = await join('bob');
const eve = await join('eve');
await pause(20);
ann.socket.write('hello ');
ann.socket.write('all\n');
bob.socket.write('hi ann\nhow are you?\n');
await pause(20);
eve.socket.resetAndDestroy();
await pause(20);
bob.socket.write('/quit\n');
await once(bob.socket, 'close');
await pause(20);
ann.socket.end();
await once(ann.socket, 'close');
server.close();
console.log(ann.heard.length > 3, bob.heard.at(-1));
