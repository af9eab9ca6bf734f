import net from 'node:net';

class Client {
  readonly #socket: net.Socket;
  constructor(socket: net.Socket) {
    this.#socket = socket;
    socket.on('error', (error: NodeJS.ErrnoException) => console.error(error.code));
    socket.on('readable', () => this.#echo());
    socket.on('end', () => socket.end());
  }
  #echo(): void {
    for (let chunk: Buffer | null = this.#socket.read(); chunk !== null; chunk = this.#socket.read()) this.#socket.write(chunk);
  }
}

const server: net.Server = net.createServer((socket) => new Client(socket));
server.listen(Number(process.env.PORT ?? 4000), '127.0.0.1');
