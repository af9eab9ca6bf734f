import dgram, { type Socket } from 'node:dgram';

const QUIET: number = 500;

interface Report {
  received: number;
  twice: number;
  missing: number[];
}

class Counter {
  readonly #seen = new Set<number>();
  #total = 0;
  #twice = 0;

  take(datagram: Buffer): void {
    const number = datagram.readUInt32BE(0);
    this.#total = datagram.readUInt32BE(4);
    if (this.#seen.has(number)) this.#twice++;
    this.#seen.add(number);
  }

  get report(): Report {
    const missing: number[] = [];
    for (let number = 0; number < this.#total; number++) if (!this.#seen.has(number)) missing.push(number);
    return { received: this.#seen.size, twice: this.#twice, missing };
  }
}

const counter = new Counter();
const socket: Socket = dgram.createSocket('udp4');
let quiet: NodeJS.Timeout | undefined;

socket.on('message', (datagram: Buffer) => {
  counter.take(datagram);
  clearTimeout(quiet);
  quiet = setTimeout(() => {
    const { received, twice, missing } = counter.report;
    console.log(`received ${received}`);
    console.log(`twice ${twice}`);
    console.log(['missing', ...missing].join(' '));
    socket.close();
  }, QUIET);
});
socket.bind(Number(process.env.PORT ?? 4000), '127.0.0.1');
