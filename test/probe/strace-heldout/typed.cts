// Since: 22
// TypeScript as CommonJS, with classes.
const { once } = require('node:events');
const net = require('node:net');

class Counter {
  count: number = 0;
  readonly server: import('node:net').Server;
  constructor() {
    this.server = net.createServer((socket: import('node:net').Socket) => {
      this.count++;
      socket.end(`${this.count}`);
    });
  }
  async start(): Promise<number> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return (this.server.address() as import('node:net').AddressInfo).port;
  }
}

(async (): Promise<void> => {
  const counter = new Counter();
  const port = await counter.start();
  for (let i = 0; i < 3; i++) {
    const socket = net.connect({ port, host: '127.0.0.1' });
    console.log(String((await once(socket, 'data'))[0]));
    await once(socket, 'close');
  }
  counter.server.close();
})();
