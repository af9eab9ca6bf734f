// Ports for programs that take one by number and cannot say which one they got.
import { createServer } from 'node:net';

/** A port of the loopback interface that was free a moment ago: the wanted one, or one that the system chooses. */
export function freePort(wanted = 0) {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', (error) => (wanted ? done(freePort()) : fail(error)));
    server.listen(wanted, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}
