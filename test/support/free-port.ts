import { type AddressInfo, createServer } from 'node:net';

/** A port of the loopback interface that was free a moment ago, for programs that take one by number (the sample: PORT). */
export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });
}
