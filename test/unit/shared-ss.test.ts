import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { clock } from '../../src/runner/clock';
import { SharedSs } from '../../src/runner/kernel/shared-ss';
import type { Destroyed } from '../../src/runner/kernel/ss-events';
import type { Listening } from '../../src/runner/kernel/ss-listeners';

/** Kernel and tools as they have to be for this. */
const able = process.platform === 'linux' && spawnSync('ss', ['-tlnH']).status === 0;

/** Opens and closes a connection; resolves with the port of the client. */
async function connection(): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => {}).end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(client, 'connect');
  const port = client.localPort!;
  client.resume().end();
  await once(client, 'close');
  server.close();
  await once(server, 'close');
  return port;
}

describe('one ss for several runs', () => {
  let shared: SharedSs;
  before(function () {
    if (!able) this.skip();
  });
  beforeEach(() => {
    shared = new SharedSs(clock);
  });
  afterEach(() => shared.close());

  /** One run that listens: what it hears, and a promise for the first socket of a port. */
  function run() {
    const heard: Destroyed[] = [];
    const problems: string[] = [];
    const waiting: (() => void)[] = [];
    const source = shared.source(
      (destroyed) => {
        heard.push(destroyed);
        for (const look of waiting) look();
      },
      (problem) => problems.push(problem),
    );
    const of = (port: number) => heard.some(({ local, remote }) => local.port === port || remote.port === port);
    const hears = (port: number) =>
      new Promise<void>((resolve) => {
        waiting.push(() => {
          if (of(port)) resolve();
        });
        if (of(port)) resolve();
      });
    return { source, hears, of, problems };
  }

  /** The kernel tells `ss` only of what is destroyed once it listens, and nobody says when that is: connections come until one is heard of. */
  async function untilHeard(...runs: ReturnType<typeof run>[]): Promise<void> {
    let heard = false;
    while (!heard) {
      const port = await connection();
      const all = Promise.all(runs.map((one) => one.hears(port))).then(() => true);
      heard = await Promise.race([all, new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 200))]);
    }
  }

  it('tells each of them of every connection that ends, until it stops', async () => {
    const [first, second] = [run(), run()];
    first.source.start();
    second.source.start();
    assert.equal(first.source.running, true);
    await untilHeard(first, second);
    first.source.stop();
    assert.equal(first.source.running, false);
    assert.equal(second.source.running, true);
    const port = await connection();
    await second.hears(port);
    assert.equal(first.of(port), false);
    second.source.stop();
    // The next run comes when nobody listens.
    const third = run();
    third.source.start();
    const later = await connection();
    await third.hears(later);
    assert.equal(second.of(later), false);
    assert.deepEqual(
      [first, second, third].flatMap(({ problems }) => problems),
      [],
    );
  });

  it('knows the backlog of every listener, each time it is asked', async () => {
    const ask = () => new Promise<Listening[]>((resolve) => shared.askListeners(resolve));
    for (const backlog of [7, 9]) {
      const server = createServer();
      server.listen({ port: 0, host: '127.0.0.1', backlog });
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const [one, two] = await Promise.all([ask(), ask()]);
      for (const answer of [one, two]) assert.equal(answer.find(({ local }) => local.port === port)?.backlog, backlog);
      server.close();
      await once(server, 'close');
      assert.equal(
        (await ask()).some(({ local }) => local.port === port),
        false,
      );
    }
  });
});
