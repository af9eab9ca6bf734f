/** Ways to die, and what of a program that wrote 101 chunks just before must be in its records: shared by the test and the benchmark. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { join } from 'node:path';
import { root } from '../support/house';
import { ops, type Stream } from './probe-run';

export const victim: string = join(root, 'test', 'fixtures', 'victim.cjs');
export const victimTree: string = join(root, 'test', 'fixtures', 'victim-tree.cjs');
const killWhenReady = (child: ChildProcess) => {
  child.stdout?.on('data', () => child.kill('SIGKILL'));
};

export interface Death {
  way: string;
  /** The code that the probe itself sees; null when the process cannot say. */
  exit: number | null;
  started?: (child: ChildProcess) => void;
  flags?: string[];
  /** stderr holds addresses, and V8 has two ways to say that the heap is full: only that it says so is compared. */
  noisy?: boolean;
}
export const deaths: readonly Death[] = [
  { way: 'natural', exit: 0 },
  { way: 'exit', exit: 3 },
  { way: 'throw', exit: 1 },
  { way: 'reject', exit: 1 },
  { way: 'exit in uncaughtException', exit: 4 },
  { way: 'process.reallyExit', exit: 5 },
  { way: 'abort', exit: null, noisy: true },
  { way: 'SIGTERM', exit: null },
  { way: 'SIGKILL', exit: null },
  { way: 'SIGSEGV', exit: null },
  { way: 'endless loop, then SIGKILL', exit: null, started: killWhenReady },
  { way: 'external SIGKILL', exit: null, started: killWhenReady },
  { way: 'heap out of memory', exit: null, flags: ['--max-old-space-size=24'], noisy: true },
];

/** Deaths in a tree: of a worker thread, a child process, a worker of a cluster, or of what is above them. */
export const treeDeaths: readonly string[] = [
  'worker terminated',
  'worker exits',
  'worker throws',
  'worker ends',
  'process exits under its worker',
  'child killed',
  'child exits',
  'parent killed, child ends',
  'cluster worker killed',
  'cluster worker disconnects',
];

export const CHUNKS: readonly string[] = Array.from({ length: 101 }, (_, i) => `chunk ${i + 1};`);

/** The chunks that a stream's writes hold, one by one. */
export const chunksOf = (stream: Stream): string[] => ops(stream, 'write').map(({ payload }) => Buffer.from(payload ?? []).toString());

/** How many of connect, its completion and the 101 writes are missing over all streams of a run. */
export function missing(streams: readonly Stream[]): number {
  const writer = streams.find((stream) => ops(stream, 'write').length > 0);
  if (writer === undefined) return CHUNKS.length + 2;
  const written = chunksOf(writer);
  const gone = CHUNKS.filter((chunk, index) => written[index] !== chunk).length;
  return gone + (1 - Math.min(1, ops(writer, 'connect').length)) + (1 - Math.min(1, ops(writer, 'connected').length));
}

/** A server that takes everything; the caller closes it. */
export async function sink(): Promise<net.Server> {
  const server = net.createServer((socket) => socket.on('error', () => {}).resume());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
