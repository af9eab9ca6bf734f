import net from 'node:net';

interface End {
  address: string | undefined;
  port: number | undefined;
}

class Pair {
  readonly here: End;
  readonly there: End;
  constructor(socket: net.Socket) {
    this.here = { address: socket.localAddress, port: socket.localPort };
    this.there = { address: socket.remoteAddress, port: socket.remotePort };
  }
  toString(): string {
    return `tcp ${this.here.address}:${this.here.port} <-> ${this.there.address}:${this.there.port}`;
  }
}

net
  .createServer((socket) => {
    const text = String(new Pair(socket));
    process.stdout.write(`${text}\n`);
    socket.once('error', () => {});
    socket.end(`${text}\n`);
  })
  .listen(Number(process.env.PORT ?? 4000), '127.0.0.1');
