import assert from 'node:assert/strict';
import { compareReport } from '../../src/export/compare-report';
import { compareText } from '../../src/knowledge/compare-text';
import { compareTraces, type TraceStore } from '../../src/trace';
import { align } from '../../src/trace/compare/align';
import { type Built, TraceBuilder } from '../support/trace-builder';

const NAME = { address: '127.0.0.1', port: 8080 };
const text = (words: string) => new TextEncoder().encode(words);

interface Run {
  trace: TraceBuilder;
  server: number;
  client: number;
  listener: Built;
}

/** A server and a client that have not talked yet. `shift` makes pids, descriptors, times and ports others. */
function start(shift = 0, name = NAME): Run {
  const trace = new TraceBuilder();
  trace.t = shift * 1000;
  trace.tick += shift;
  for (let i = 0; i < shift; i++) trace.port();
  const server = trace.process(41 + shift, 'server.mjs');
  const client = trace.process(142 + shift, 'client.mjs');
  return { trace, server, client, listener: trace.listen(server, name, { site: { file: '/x/server.mjs', line: 9, column: 3 } }) };
}

const pair = ({ trace, client, listener }: Run) => trace.pair(client, listener, NAME);
const write = ({ trace }: Run, socket: Built, words: string) => trace.write(socket, words.length, { payload: text(words) });
const read = ({ trace }: Run, socket: Built, words: string) => trace.read(socket, words.length, { payload: text(words) });

/** Sentences of all differences, `where: what`. */
function differences(a: TraceStore, b: TraceStore): string[] {
  const comparison = compareTraces(a, b);
  return comparison.differences.map((one) => {
    const { where, what } = compareText(a, b, comparison, one);
    return `${where}: ${what}`;
  });
}

function both(one: (run: Run) => void, other: (run: Run) => void): string[] {
  const [a, b] = [start(), start(3)];
  one(a);
  other(b);
  return differences(a.trace.store, b.trace.store);
}

/** An echo with the client closing first. */
function echo(run: Run, words = 'hello world', cuts: number[] = [words.length]): void {
  const { client, accepted } = pair(run);
  write(run, client, words);
  let at = 0;
  for (const cut of cuts) {
    read(run, accepted, words.slice(at, at + cut));
    at += cut;
  }
  run.trace.shutdown(client);
  run.trace.end(accepted);
  run.trace.close(accepted);
  run.trace.end(client);
  run.trace.close(client);
}

describe('two runs compared', () => {
  it('are the same when only times, pids, ports and descriptors differ', () => {
    assert.deepEqual(
      both(
        (run) => echo(run),
        (run) => echo(run),
      ),
      [],
    );
  });

  it('read the same bytes in other pieces: one difference with both cuts', () => {
    assert.deepEqual(
      both(
        (run) => echo(run),
        (run) => echo(run, 'hello world', [3, 8]),
      ),
      ['server.mjs s3: run 2 read 3 + 8 bytes where run 1 read 11'],
    );
    assert.deepEqual(
      both(
        (run) => echo(run, 'aaabbbbccccc', [3, 4, 5]),
        (run) => echo(run, 'aaabbbbccccc', [3, 9]),
      ),
      ['server.mjs s3: run 2 read 9 bytes where run 1 read 4 + 5'],
    );
  });

  it('got other bytes, fewer or more', () => {
    assert.deepEqual(
      both(
        (run) => echo(run, 'hello'),
        (run) => echo(run, 'hallo'),
      ),
      [
        'client.mjs s2: run 2 wrote "hallo" where run 1 wrote "hello" (5 bytes in both)',
        'server.mjs s3: run 2 read "hallo" where run 1 read "hello" (5 bytes in both)',
      ],
    );
    const more = (words: string[]) => (run: Run) => {
      const { client } = pair(run);
      for (const word of words) write(run, client, word);
    };
    assert.deepEqual(both(more(['one', 'two', 'three']), more(['one', 'twenty', 'three'])), [
      'client.mjs s2: run 2 wrote 6 bytes where run 1 wrote 3',
    ]);
    assert.deepEqual(both(more(['one']), more(['one', 'two'])), ['client.mjs s2: run 2 wrote 3 bytes more: "two"']);
    assert.deepEqual(both(more(['one', 'two']), more(['one'])), ['client.mjs s2: run 1 wrote 3 bytes more: "two"; run 2 did not']);
  });

  it('takes no offence at the time of day in an HTTP head', () => {
    const answer = (time: string) => (run: Run) => {
      const { accepted } = pair(run);
      write(run, accepted, `HTTP/1.1 200 OK\r\nDate: Mon, 30 Nov 2026 ${time} GMT\r\nContent-Length: 0\r\n\r\n`);
    };
    assert.deepEqual(both(answer('07:00:00'), answer('07:00:01')), []);
  });

  it('were refused where the other connected: the first difference', () => {
    const found = both(
      (run) => echo(run),
      ({ trace, client }) => {
        const socket = trace.connect(client, NAME);
        trace.refused(socket);
        trace.close(socket);
      },
    );
    assert.equal(found[0], 'client.mjs s2: run 2 got ECONNREFUSED from connect where run 1 connected');
    assert.ok(found.some((line) => /server\.mjs s3 in run 1: run 2 has no accepted socket here/.test(line)));
  });

  it('have one connection more: one difference, whichever it is', () => {
    const rounds = (words: string[]) => (run: Run) => {
      for (const word of words) echo(run, word);
    };
    assert.deepEqual(both(rounds(['aa', 'bbb', 'cccc']), rounds(['aa', 'bbb', 'xxxxx', 'cccc'])), [
      'client.mjs s6 in run 2: run 2 has one more connection to server.mjs',
    ]);
    assert.deepEqual(both(rounds(['aa', 'bbb']), rounds(['bbb'])), ['client.mjs s2 in run 1: run 2 lacks a connection to server.mjs']);
  });

  it('may meet their sockets in another order', () => {
    const order = (first: string, second: string) => (run: Run) => {
      const { trace, client, listener } = run;
      const sockets = [first, second].map((word) => ({ word, from: trace.port(), socket: trace.connect(client, NAME) }));
      for (const { word, from, socket } of sockets.reverse()) {
        const accepted = trace.accept(listener, NAME, from);
        trace.connected(socket, from, NAME);
        write(run, socket, word);
        read(run, accepted, word);
      }
    };
    assert.deepEqual(both(order('one', 'two2'), order('two2', 'one')), []);
  });

  it('closed first at the other end', () => {
    const ends = (serverFirst: boolean) => (run: Run) => {
      const { client, accepted } = pair(run);
      const [one, other] = serverFirst ? [accepted, client] : [client, accepted];
      run.trace.shutdown(one);
      run.trace.end(other);
      run.trace.shutdown(other);
      run.trace.end(one);
      run.trace.close(one);
      run.trace.close(other);
    };
    assert.deepEqual(both(ends(false), ends(true)), ['client.mjs s2: run 1 closed first; in run 2 the other end did']);
    assert.deepEqual(both(ends(true), ends(false)), ['client.mjs s2: in run 1 the other end closed first; run 2 closed first itself']);
  });

  it('ended otherwise, left a call out, or met an error', () => {
    const exits = (code: number) => (run: Run) => {
      const { trace, client } = run;
      trace.exit(client, code);
    };
    assert.deepEqual(both(exits(0), exits(1)), ['client.mjs: run 2 ended with code 1 where run 1 ended with code 0']);
    const closes = (yes: boolean) => (run: Run) => {
      const { client } = pair(run);
      if (yes) run.trace.shutdown(client);
      run.trace.close(client);
    };
    assert.deepEqual(both(closes(true), closes(false)), ['client.mjs s2: run 1 also had shutdown; run 2 did not']);
    const waits = (yes: boolean) => (run: Run) => {
      const { client } = pair(run);
      if (yes) run.trace.api(client, 'socket.write', { args: { returned: false } });
    };
    assert.deepEqual(both(waits(false), waits(true)), ['client.mjs s2: run 2 also had socket.write that returned false']);
  });

  it('were given pieces by a fault', () => {
    const split = (run: Run) => {
      const { accepted, client } = pair(run);
      write(run, client, 'hello world');
      read(run, accepted, 'hello world');
      return accepted;
    };
    const fault = (run: Run, socket: Built, had: number, given: number) =>
      run.trace.event({
        pid: socket.pid,
        socket: socket.id,
        fd: socket.fd,
        kind: 'fault',
        api: 'data',
        provenance: 'injected',
        args: { fault: 'split-read', at: 11 - had, had, given, left: had - given },
      });
    const found = both(
      (run) => void split(run),
      (run) => {
        const accepted = split(run);
        fault(run, accepted, 11, 3);
        fault(run, accepted, 8, 8);
      },
    );
    assert.deepEqual(found, ['server.mjs s3: run 2 was given 3 + 8 bytes where run 1 read 11']);
  });

  it('lost datagrams, or received them in another order', () => {
    const sends = (received: string[]) => (run: Run) => {
      const { trace, server, client } = run;
      const to = trace.open(server, 'udp', 'datagram');
      const from = trace.open(client, 'udp', 'datagram');
      for (const word of ['one', 'two', 'three']) trace.call(from, 'sendmsg', { bytes: word.length, payload: text(word) });
      for (const word of received) trace.call(to, 'recvmsg', { bytes: word.length, payload: text(word) });
    };
    assert.deepEqual(both(sends(['one', 'two', 'three']), sends(['one', 'three'])), [
      'server.mjs s2: run 1 received 3 bytes more: "two"; run 2 did not',
    ]);
    assert.equal(both(sends(['one', 'two']), sends(['two', 'one'])).length, 2);
  });

  it('say in the report where both are', () => {
    const [a, b] = [start(), start(1)];
    echo(a);
    echo(b, 'hello world', [3, 8]);
    const lines = [...compareReport(a.trace.store, b.trace.store, compareTraces(a.trace.store, b.trace.store))];
    assert.equal(lines[0], 'One difference; the first one is where the runs part.');
    assert.equal(lines[2], 'First: server.mjs s3: run 2 read 3 + 8 bytes where run 1 read 11');
    assert.match(lines[3]!, /^ +run 1: step \d+$/);
    assert.match(lines[4]!, /^ +run 2: step \d+ to \d+$/);
  });

  it('are compared in a second when they are long', () => {
    const long = (split: boolean) => {
      const run = start(split ? 5 : 0);
      const pairs = Array.from({ length: 50 }, () => pair(run));
      for (let n = 0; run.trace.store.size < 100_000; n++) {
        const { client, accepted } = pairs[n % pairs.length]!;
        const words = `message number ${n}`;
        write(run, client, words);
        if (split && n % 1000 === 999) {
          read(run, accepted, words.slice(0, 4));
          read(run, accepted, words.slice(4));
        } else read(run, accepted, words);
      }
      return run.trace.store;
    };
    const [a, b] = [long(false), long(true)];
    // Time of this process alone: others may share the machine.
    let best = Number.POSITIVE_INFINITY;
    let count = 0;
    for (let round = 0; round < 3; round++) {
      const began = process.cpuUsage();
      count = compareTraces(a, b).differences.filter(({ kind }) => kind === 'cut').length;
      const { user, system } = process.cpuUsage(began);
      best = Math.min(best, (user + system) / 1000);
    }
    assert.ok(count >= 45, `${count} cuts`);
    assert.ok(best <= 1000, `${Math.round(best)} ms`);
  }).timeout(60_000);
});

describe('alignment of two lists', () => {
  it('keeps as many equal items as can be, and gives every item once', () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed % below;
    };
    for (let round = 0; round < 300; round++) {
      const a = Array.from({ length: random(12) }, () => random(3));
      const b = Array.from({ length: random(12) }, () => random(3));
      const found = align(a, b);
      let [x, y, equal] = [0, 0, 0];
      for (const stretch of found) {
        assert.deepEqual([stretch.a[0], stretch.b[0]], [x, y]);
        if (stretch.same) {
          assert.deepEqual(a.slice(...stretch.a), b.slice(...stretch.b));
          equal += stretch.a[1] - stretch.a[0];
        }
        [x, y] = [stretch.a[1], stretch.b[1]];
      }
      assert.deepEqual([x, y], [a.length, b.length]);
      assert.equal(equal, longest(a, b), `${a} | ${b}`);
    }
  });
});

/** Length of the longest common subsequence, the plain way. */
function longest(a: readonly number[], b: readonly number[]): number {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++)
      table[i]![j] = a[i - 1] === b[j - 1] ? table[i - 1]![j - 1]! + 1 : Math.max(table[i - 1]![j]!, table[i]![j - 1]!);
  return table[a.length]![b.length]!;
}
