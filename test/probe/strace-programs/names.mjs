// Dual stack, names, a family that does not fit, autoSelectFamily off and on, a lookup of the program's own.
import dns from 'node:dns';
import { once } from 'node:events';
import net from 'node:net';

const server = net.createServer((peer) => peer.end(peer.remoteFamily));
await once(server.listen({ port: 0, host: '::', ipv6Only: false }), 'listening');
const { port } = server.address();
const ask = (options) =>
  new Promise((done) => {
    const s = net.connect({ port, ...options });
    const events = [];
    for (const name of ['connectionAttempt', 'connectionAttemptFailed', 'connectionAttemptTimeout', 'lookup'])
      s.on(name, () => events.push(name));
    let text = '';
    s.on('data', (d) => (text += d));
    s.on('error', (e) => (text += e.code));
    s.on('close', () => done(`${text} ${events}`));
  });
console.log(await ask({ host: '::1' }));
console.log(await ask({ host: '127.0.0.1' }));
console.log(await ask({ host: '::1', localAddress: '127.0.0.1' }).catch((e) => e.code));
const lookup = (_host, options, done) => (options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4));
console.log(await ask({ host: 'made.up', lookup }));
console.log(await ask({ host: 'made.up', lookup, autoSelectFamily: false }));
console.log(
  await ask({ host: 'made.up', lookup: (_h, _o, done) => setTimeout(done, 5, Object.assign(new Error('no'), { code: 'ENOTFOUND' })) }),
);
console.log(
  await ask({
    host: 'made.up',
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: 50,
    lookup: (_h, _o, done) =>
      done(null, [
        { address: '::1', family: 6 },
        { address: '127.0.0.1', family: 4 },
      ]),
  }),
);
server.close();
console.log(typeof dns.lookup);
