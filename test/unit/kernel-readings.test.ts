import assert from 'node:assert/strict';
import type { Address, JsonObject } from '../../src/contracts/trace';
import { explainKernel, kernelLine } from '../../src/knowledge/explain-kernel';
import type { KernelWatch } from '../../src/runner/kernel/kernel-watch';
import { type ProcRow, parseTable } from '../../src/runner/kernel/proc-net';
import { type KernelReading, MOST_DESTROYED, MOST_ROWS, ReadingQueue, tupleKey } from '../../src/runner/kernel/reading-queue';
import { KernelReadings } from '../../src/runner/kernel/readings';
import { finAcknowledged, parseDestroyed } from '../../src/runner/kernel/ss-events';
import { parseListeners } from '../../src/runner/kernel/ss-listeners';
import { parsePairs } from '../../src/runner/kernel/ss-pairs';
import { SocketBook } from '../../src/trace/socket-book';
import { type Built, TraceBuilder } from '../support/trace-builder';

const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     
   0: 00000000:1F90 00000000:0000 0A 00000000:00000003 00:00000000 00000000     0        0 1525 1 00000000891dba57 100 0 0 10 0                      
   1: 0100007F:1F90 0100007F:D514 06 00000000:00000000 03:00001688 00000000     0        0 0 3 00000000114536cf                                      
   2: 0100007F:D514 0100007F:1F90 05 0000000A:00000007 00:00000000 00000000  1000        0 7777 1 00000000114536cf 20 4 30 10 -1                     
   3: 0100007F:0016 0100007F:0017 01 00000000:00000000 00:00000000 00000000     0        0 1 1 0 20 4 30 10 -1
`;
const TCP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 22 1 0 100 0 0 10 0
   1: 0000000000000000FFFF00000100007F:1F90 0000000000000000FFFF00000100007F:C000 08 00000000:00000001 00:00000000 00000000     0        0 23 1 0 20 4 30 10 -1
   2: B80D0120000000000000000001000000:1F90 000080FE00000000FF005450B6AD1DFE:C000 01 00000000:00000000 00:00000000 00000000     0        0 24 1 0 20 4 30 10 -1
`;
const UDP = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops            
  123: 0100007F:1F90 00000000:0000 07 00000000:00034000 00:00000000 00000000     0        0 4242 2 0000000000000000 17
`;

describe('answers that wait for the records of their time', () => {
  const told = (time: number): KernelReading => ({
    time,
    destroyed: parseDestroyed(`UNCONN 0 0 127.0.0.1:80 127.0.0.1:${1024 + time} ino:0 sk:1 segs_in:1`, time)!,
  });
  const look = (time: number, rows: number): KernelReading => ({
    time,
    sample: {
      time,
      rows: new Map(Array.from({ length: rows }, (_, index) => [String(index), parseTable(TCP, new Set([8080]))[0]!])),
      byInode: new Map(),
      tables: new Set(['tcp']),
    },
  });

  it('are bounded, however far the records are behind', () => {
    const queue = new ReadingQueue();
    for (let time = 0; time < MOST_DESTROYED; time++) assert.ok(queue.push(told(time)));
    assert.equal(queue.push(told(MOST_DESTROYED)), false);
    queue.shift();
    assert.equal(queue.push(told(MOST_DESTROYED)), true);
    assert.equal(queue.push(told(MOST_DESTROYED + 1)), false);
    assert.equal(queue.destroyedAfter(tupleKey({ address: '127.0.0.1', port: 80 }, { address: '127.0.0.1', port: 1024 }), 0), null);
  });

  it('looks are wanted until there are too many rows, and again when they are taken', () => {
    const queue = new ReadingQueue();
    queue.push(look(1, MOST_ROWS - 1));
    assert.ok(queue.hasRoomForLook);
    queue.push(look(2, 1));
    assert.equal(queue.hasRoomForLook, false);
    queue.shift();
    assert.ok(queue.hasRoomForLook);
  });
});

describe('the two ends of Unix-domain connections', () => {
  it('ss -x: own number and that of the other end; none that waits to be accepted', () => {
    const pairs = parsePairs(
      `u_str ESTAB 0      0      /tmp/a b.sock 11 * 12
u_str ESTAB 0      0                 * 12 * 11 users:(("node",pid=1,fd=2))
u_seq ESTAB 0      0      @abstract 13 * 0
nonsense
`,
    );
    assert.deepEqual(
      [...pairs],
      [
        [11, 12],
        [12, 11],
      ],
    );
  });

  it('what the kernel says puts right what had been joined by order, and the others find each other', () => {
    const book = new SocketBook();
    const add = (id: string, role: 'client' | 'accepted') => {
      const index = book.add({ id, pid: 1, protocol: 'unix', role });
      book.joinByPath(index, '/p', role);
      return index;
    };
    const [a, b] = [add('a', 'client'), add('b', 'client')];
    const [one, two] = [add('1', 'accepted'), add('2', 'accepted')];
    const peers = () => [a, b, one, two].map((index) => [book.infos[index]!.peer, book.infos[index]!.peerBy]);
    assert.deepEqual(peers(), [
      ['1', 'order'],
      ['2', 'order'],
      ['a', 'order'],
      ['b', 'order'],
    ]);
    book.joinByKernel(one, b);
    assert.deepEqual(peers(), [
      ['2', 'order'],
      ['1', 'kernel'],
      ['b', 'kernel'],
      ['a', 'order'],
    ]);
    // Its other end is outside the trace: nobody is joined with it again.
    book.joinByKernel(two, -1);
    assert.deepEqual(peers(), [
      [null, undefined],
      ['1', 'kernel'],
      ['b', 'kernel'],
      [null, 'kernel'],
    ]);
    const late = add('3', 'accepted');
    assert.deepEqual([book.infos[a]!.peer, book.infos[late]!.peer], ['3', 'a']);
  });

  it('in words', () => {
    const event = { socket: 's3', args: { source: 'ss -x', peer: 's5' } } as never;
    assert.match(explainKernel(event).happened, /the other end of s3 is s5/);
    assert.equal(kernelLine(event), 'kernel ss -x: the other end is s5');
    assert.match(kernelLine({ args: { source: 'ss -x', peer: null } }), /not in this trace/);
  });
});

describe('tables and lines of the kernel', () => {
  const ports = new Set([8080]);
  it('/proc/net/tcp: states, queues, only rows of these ports', () => {
    const rows = parseTable(TCP, ports);
    assert.deepEqual(
      rows.map(({ local, remote, state, recvQueue, sendQueue, inode }) => [
        `${local.address}:${local.port}`,
        `${remote.address}:${remote.port}`,
        state,
        recvQueue,
        sendQueue,
        inode,
      ]),
      [
        ['0.0.0.0:8080', '0.0.0.0:0', 'LISTEN', 3, 0, 1525],
        ['127.0.0.1:8080', '127.0.0.1:54548', 'TIME_WAIT', 0, 0, 0],
        ['127.0.0.1:54548', '127.0.0.1:8080', 'FIN_WAIT_2', 7, 10, 7777],
      ],
    );
  });

  it('/proc/net/tcp6: mapped names as IPv4, others as RFC 5952 writes them', () => {
    assert.deepEqual(
      parseTable(TCP6, ports).map(({ local, remote, state }) => [local.address, remote.address, state]),
      [
        ['::', '::', 'LISTEN'],
        ['127.0.0.1', '127.0.0.1', 'CLOSE_WAIT'],
        ['2001:db8::1', 'fe80::5054:ff:fe1d:adb6', 'ESTABLISHED'],
      ],
    );
  });

  it('/proc/net/udp: memory and datagrams thrown away; damaged lines give nothing', () => {
    const [row] = parseTable(UDP, ports);
    assert.deepEqual([row?.recvQueue, row?.drops, row?.inode], [212_992, 17, 4242]);
    assert.deepEqual(parseTable('', ports), []);
    assert.deepEqual(parseTable(`header\n  1: 0100007F:1F90 0100\nnonsense\n`, ports), []);
  });

  it('ss -E and ss -l: names, queues, what tcp_info counts', () => {
    const line =
      'UNCONN 6      0      [::ffff:127.0.0.1]:8080 [::ffff:127.0.0.1]:38702 ino:0 sk:384b4 ts sack bytes_sent:10 bytes_retrans:2 bytes_acked:9 bytes_received:7 segs_out:2 segs_in:3';
    const destroyed = parseDestroyed(line, 5)!;
    assert.deepEqual(destroyed, {
      time: 5,
      local: { address: '127.0.0.1', port: 8080 },
      remote: { address: '127.0.0.1', port: 38702 },
      recvQueue: 6,
      sendQueue: 0,
      bytesSent: 8,
      bytesAcked: 9,
      bytesReceived: 7,
    });
    assert.equal(finAcknowledged(destroyed, false), true);
    assert.equal(finAcknowledged(destroyed, true), false);
    assert.equal(parseDestroyed('UNCONN 0 0 *:8080 *:* ino:0 sk:1 rto:1000', 1)?.remote.port, 0);
    assert.equal(parseDestroyed('UNCONN 0 0 127.0.0.1:1 127.0.0.1:2 ino:0 sk:1', 1)?.bytesSent, null);
    assert.equal(parseDestroyed('ss: something else', 1), null);
    assert.deepEqual(parseListeners('LISTEN 1 511 *:8080 *:* \nLISTEN 0 4096 127.0.0.53%lo:53 0.0.0.0:*\n'), [
      { acceptQueue: 1, backlog: 511, local: { address: '::', port: 8080 } },
      { acceptQueue: 0, backlog: 4096, local: { address: '127.0.0.53', port: 53 } },
    ]);
  });
});

const NAME: Address = { address: '127.0.0.1', port: 8080 };

/** A connection whose other end is in the trace, and a kernel that says what it is told to say. */
function stage() {
  const trace = new TraceBuilder();
  const listener = trace.listen(trace.process(1, 'server.mjs'), NAME);
  const { client, accepted } = trace.pair(trace.process(2, 'client.mjs'), listener, NAME);
  const waiting: KernelReading[] = [];
  const over = { at: 0 };
  const watch = {
    overAt: () => over.at,
    next: (time: number) => (waiting[0] !== undefined && waiting[0].time <= time ? waiting[0] : null),
    done: () => waiting.shift(),
    want: () => {},
    sawTimeWait: () => {},
    sampleAfter: () => null,
    endingTo: () => null,
  } as unknown as KernelWatch;
  const readings = new KernelReadings(trace.store, trace.tracker, watch, {
    event: (event) => readings.noticed(trace.event(event)),
    timeOf: (time) => time,
    dying: () => false,
  });
  for (let index = 0; index < trace.store.sockets.length; index++) readings.add(index);
  for (let seq = 1; seq <= trace.store.size; seq++) readings.noticed(seq);
  const row = (socket: Built, state: ProcRow['state'], recvQueue = 0, sendQueue = 0): [string, ProcRow] => {
    const { local, remote } = trace.store.sockets[trace.store.socketIndexOf(socket.id)]!;
    const names = { local: local as ProcRow['local'], remote: remote as ProcRow['remote'] };
    return [tupleKey(local!, remote!), { ...names, state, recvQueue, sendQueue, inode: 1, drops: 0 }];
  };
  const look = (ms: number, rows: [string, ProcRow][], final = false) => {
    const time = ms * 1e6;
    trace.t = time;
    waiting.push({ time, sample: { time, rows: new Map(rows), byInode: new Map(), tables: new Set(['tcp']) } });
    readings.apply(time, final);
  };
  const said = (): JsonObject[] =>
    Array.from({ length: trace.store.size }, (_, at) => trace.store.event(at + 1)).flatMap(({ kind, args, socket }) =>
      kind === 'kernel' && socket !== listener.id ? [args!] : [],
    );
  const listening: [string, ProcRow] = [
    tupleKey(NAME, { address: '0.0.0.0', port: 0 }),
    { local: NAME, remote: { address: '0.0.0.0', port: 0 }, state: 'LISTEN', recvQueue: 0, sendQueue: 0, inode: 1, drops: 0 } as ProcRow,
  ];
  return { trace, readings, over, client, accepted, row, look, said, listening };
}

describe('readings of the kernel become events', () => {
  it('nothing new, no event; queues that changed are told', () => {
    const { client, accepted, row, look, said, listening } = stage();
    look(100, [listening, row(client, 'ESTABLISHED'), row(accepted, 'ESTABLISHED')]);
    assert.deepEqual(said(), []);
    look(200, [listening, row(client, 'ESTABLISHED', 0, 12), row(accepted, 'ESTABLISHED', 30)]);
    look(300, [listening, row(client, 'ESTABLISHED', 0, 12), row(accepted, 'ESTABLISHED', 30)]);
    assert.deepEqual(said(), [
      { source: '/proc/net/tcp', state: 'ESTABLISHED', recvQueue: 0, sendQueue: 12 },
      { source: '/proc/net/tcp', state: 'ESTABLISHED', recvQueue: 30, sendQueue: 0 },
    ]);
  });

  it("a contradiction is one only when it lasts while nothing happens; then the state is the kernel's", () => {
    const { trace, client, accepted, row, look, said, listening } = stage();
    trace.close(client);
    const rows = [listening, row(client, 'ESTABLISHED'), row(accepted, 'ESTABLISHED')];
    look(100, rows);
    assert.deepEqual(said(), []);
    look(110, rows);
    assert.deepEqual(said(), []);
    look(150, rows);
    assert.deepEqual(
      said().map(({ state, contradicts }) => [state, contradicts]),
      [
        ['ESTABLISHED', 'FIN_WAIT_2'],
        ['ESTABLISHED', 'CLOSE_WAIT'],
      ],
    );
    assert.equal(trace.states(client).at(-1), 'ESTABLISHED');
    look(250, rows);
    assert.equal(said().length, 2);
  });

  it('what is seen while a call that ends a socket may still run contradicts nothing', () => {
    const { trace, readings, over, client, accepted, row, look, said, listening } = stage();
    trace.close(client);
    // Its record was read at 160 ms: until then the program may have been halted between the time it took and the call.
    over.at = 160e6;
    readings.turnOf({} as never);
    readings.noticed(trace.store.size);
    const rows = [listening, row(client, 'ESTABLISHED'), row(accepted, 'ESTABLISHED')];
    for (const ms of [100, 130, 159]) look(ms, rows);
    assert.deepEqual(said(), []);
    look(165, rows);
    look(200, rows);
    assert.equal(said().length, 2);
  });

  it('an acknowledgement that is held back contradicts nothing', () => {
    const { trace, client, accepted, row, look, said, listening } = stage();
    trace.shutdown(client);
    for (const ms of [100, 150, 200]) look(ms, [listening, row(client, 'FIN_WAIT_1', 0, 1), row(accepted, 'CLOSE_WAIT', 1)]);
    assert.deepEqual(said(), []);
  });

  it('TIME_WAIT is over when the kernel says so', () => {
    const { trace, client, accepted, row, look, said, listening } = stage();
    trace.shutdown(client);
    trace.end(accepted);
    trace.shutdown(accepted);
    trace.close(accepted);
    trace.end(client);
    trace.close(client);
    look(100, [listening, row(client, 'TIME_WAIT')]);
    assert.deepEqual(said(), []);
    look(60_500, [listening]);
    assert.deepEqual(said(), [{ source: '/proc/net/tcp', state: 'CLOSED' }]);
    assert.deepEqual(trace.states(client).slice(-2), ['TIME_WAIT', 'CLOSED']);
  });

  it('two states of which one was true are settled', () => {
    const { trace, client, accepted, row, look, said, listening } = stage();
    trace.tick = 1000;
    trace.shutdown(client);
    trace.shutdown(accepted);
    assert.deepEqual([trace.states(client).at(-1), trace.states(accepted).at(-1)], ['TIME_WAIT|CLOSED', 'CLOSED|TIME_WAIT']);
    look(100, [listening, row(accepted, 'TIME_WAIT')]);
    assert.deepEqual(
      said().map(({ state, contradicts }) => [state, contradicts]),
      [
        ['CLOSED', undefined],
        ['TIME_WAIT', undefined],
      ],
    );
    assert.deepEqual([trace.states(client).at(-1), trace.states(accepted).at(-1)], ['CLOSED', 'TIME_WAIT']);
  });
});
