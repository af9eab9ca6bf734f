import net from 'node:net';
import { Transform, type TransformCallback } from 'node:stream';

interface Member {
  name: string | null;
  socket: net.Socket;
}

class LineSplitter extends Transform {
  #held: Buffer = Buffer.alloc(0);
  readonly #limit: number;
  constructor(limit: number) {
    super({ readableObjectMode: true });
    this.#limit = limit;
  }
  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    this.#held = Buffer.concat([this.#held, chunk]);
    for (let end = this.#held.indexOf(10); end >= 0; end = this.#held.indexOf(10)) {
      this.push(this.#held.subarray(0, end).toString('utf8'));
      this.#held = this.#held.subarray(end + 1);
    }
    done(this.#held.length > this.#limit ? new Error('line too long') : null);
  }
}

const members = new Set<Member>();
const named = (): Member[] => [...members].filter((member) => member.name !== null);

function deliver(member: Member, line: string): void {
  if (member.socket.writable) member.socket.write(`${line}\n`);
  if (member.socket.writableLength > 1_000_000) member.socket.destroy();
}

function toOthers(from: Member, line: string): void {
  for (const member of named()) if (member !== from) deliver(member, line);
}

function handle(member: Member, line: string): void {
  const nick = /^\/nick (\S+)$/.exec(line);
  if (nick) {
    const name = nick[1]!;
    if (member.name !== null) return deliver(member, '! you have a name');
    if (named().some((other) => other.name === name)) return deliver(member, '! name taken');
    member.name = name;
    deliver(member, `* welcome ${name}`);
    return toOthers(member, `* ${name} joined`);
  }
  if (line === '/quit') return void member.socket.end('* bye\n');
  if (member.name === null) return deliver(member, '! first say /nick NAME');
  if (line === '/who') {
    const names = named().map((other) => other.name);
    return deliver(member, `* ${names.sort().join(' ')}`);
  }
  if (line.length > 0) toOthers(member, `${member.name}: ${line}`);
}

const server = net.createServer((socket) => {
  const member: Member = { name: null, socket };
  members.add(member);
  const lines = new LineSplitter(4096);
  lines.on('data', (line: string) => handle(member, line));
  lines.on('error', () => socket.end('! line too long\n'));
  socket.pipe(lines);
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    members.delete(member);
    if (member.name !== null) toOthers(member, `* ${member.name} left`);
  });
});

server.listen(Number(process.env.PORT ?? 4000), '127.0.0.1');
