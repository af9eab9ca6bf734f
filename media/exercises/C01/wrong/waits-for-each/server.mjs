import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);
const LONGEST_LINE = 4096; // bytes
const MOST_WAITING = 1024 * 1024; // bytes that may wait for one client

const room = new Map();

class Client {
  name = null;
  #socket;
  #rest = Buffer.alloc(0);

  constructor(socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#leave());
  }

  send(line) {
    if (this.#socket.writable) {
      const more = this.#socket.write(`${line}\n`);
      if (!more) return new Promise((resolve) => this.#socket.once('drain', resolve));
    }
    if (this.#socket.writableLength > MOST_WAITING) this.#socket.destroy();
  }

  #receive(chunk) {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (let end = this.#rest.indexOf(10); end !== -1; end = this.#rest.indexOf(10)) {
      const line = this.#rest.subarray(0, end).toString().trimEnd();
      this.#rest = this.#rest.subarray(end + 1);
      this.#obey(line);
    }
    if (this.#rest.length > LONGEST_LINE) {
      this.send('! line too long');
      this.#socket.destroySoon();
    }
  }

  #obey(line) {
    if (line.startsWith('/nick ')) this.#enter(line.slice(6).trim());
    else if (line === '/quit') this.#socket.end('* bye\n');
    else if (this.name === null) this.send('! first say /nick NAME');
    else if (line === '/who') this.send(`* ${[...room.keys()].sort().join(' ')}`);
    else if (line !== '') broadcast(`${this.name}: ${line}`, this);
  }

  #enter(name) {
    if (this.name !== null) return this.send('! you have a name');
    if (room.has(name)) return this.send('! name taken');
    this.name = name;
    room.set(name, this);
    this.send(`* welcome ${name}`);
    broadcast(`* ${name} joined`, this);
  }

  #leave() {
    if (this.name === null) return;
    room.delete(this.name);
    broadcast(`* ${this.name} left`, this);
  }
}

let queue = Promise.resolve();

function broadcast(line, from) {
  queue = queue.then(async () => {
    for (const client of [...room.values()]) if (client !== from) await client.send(line);
  });
}

net.createServer((socket) => new Client(socket)).listen(port, '127.0.0.1');
