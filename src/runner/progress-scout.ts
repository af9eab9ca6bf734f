/** What a run's programs do with their sockets, at once: ahead of the merge, which holds records back to put them in order. */
import { join } from 'node:path';
import type { ProbeOperation } from '../contracts/probe-stream';
import type { Address } from '../contracts/trace';
import { FolderNames } from './folder-names';
import { StreamTail } from './stream-tail';

/** libuv's end of file (include/uv/errno.h). */
const UV_EOF = -4095;

/** One thing that a program did. `local` and `remote` are the names of its end; `count` is the total so far on this socket. */
export interface ProgramStep {
  what: 'listens' | 'cannot listen' | 'bound' | 'connected' | 'accepted' | 'read' | 'end' | 'wrote' | 'closed' | 'received';
  pid: number;
  /** Unique in the run: stream and handle. */
  socket: string;
  local: Address | null;
  remote: Address | null;
  /** Of read: bytes read so far. Of received: datagrams. Of wrote: bytes handed to the kernel or libuv. */
  count: number;
}

/** A connection of a program, as far as it has come. */
export interface ProgramConnection {
  local: Address | null;
  remote: Address | null;
  /** Bytes that the program has read from it. */
  read: number;
  /** Not closed by the program. */
  open: boolean;
}

interface Known extends ProgramConnection {
  kind: string;
  written: number;
}

export class ProgressScout {
  private readonly tails = new Map<string, StreamTail>();
  private readonly sockets = new Map<string, Known>();
  private readonly buffer = new Uint8Array(64 * 1024);
  private readonly names: FolderNames;
  /** Time of the first record on the probe's clock, ns: 0 of the trace. -1 before there is one. */
  epoch = -1;

  /** `folder`: the run folder; `tell` gets every step in the order of its process. */
  constructor(
    private readonly folder: string,
    private readonly tell: (step: ProgramStep) => void,
  ) {
    this.names = new FolderNames(folder);
  }

  /** Reads what is new. A folder that is gone has nothing new. */
  look(): void {
    try {
      if (this.names.changed()) for (const name of this.names.read()) if (name.endsWith('.probe')) this.follow(name);
    } catch {
      return;
    }
    for (const [name, tail] of this.tails)
      while (tail.fill(0, this.buffer) > 0)
        for (let head = tail.head(); head !== null; head = tail.head()) {
          const record = tail.take();
          if (record.type === 'process' && (this.epoch < 0 || record.time < this.epoch)) this.epoch = record.time;
          if (record.type === 'op') this.operation(name, record);
        }
  }

  /** Connections (not listeners) that the programs have or had. */
  get connections(): ProgramConnection[] {
    return [...this.sockets.values()].filter(({ kind, remote }) => kind !== 'udp' && remote !== null);
  }

  close(): void {
    for (const tail of this.tails.values()) tail.close();
    this.tails.clear();
  }

  private follow(name: string): void {
    if (this.tails.has(name)) return;
    try {
      this.tails.set(name, new StreamTail(join(this.folder, name)));
    } catch {
      // The next look may have more luck.
      this.names.forget();
    }
  }

  private operation(stream: string, op: ProbeOperation): void {
    const key = `${stream}#${op.handle}`;
    if (op.op === 'open') {
      if (!this.sockets.has(key)) this.sockets.set(key, fresh(String(op.args?.handle ?? 'tcp')));
      return;
    }
    const known = this.sockets.get(key);
    if (known === undefined) return;
    known.local = op.local ?? known.local;
    const say = (what: ProgramStep['what'], count = 0) =>
      this.tell({ what, pid: Number(stream.split('-')[0]), socket: key, local: known.local, remote: known.remote, count });
    switch (op.op) {
      case 'bind':
        if (typeof op.args?.path === 'string') known.local = { path: op.args.path };
        if (op.result >= 0 && known.kind === 'udp') say('bound');
        if (op.result < 0 && known.kind !== 'udp') say('cannot listen');
        break;
      case 'listen':
        say(op.result >= 0 ? 'listens' : 'cannot listen');
        break;
      case 'connect':
        if (typeof op.args?.path === 'string') known.remote = { path: op.args.path };
        break;
      case 'connected':
        if (op.result < 0) break;
        known.remote = op.remote ?? known.remote ?? { path: '' };
        say('connected');
        break;
      case 'accept':
        if (typeof op.args?.accepted === 'number') this.accepted(stream, op.args.accepted, known, op);
        break;
      case 'read':
        if (op.result > 0) {
          known.read += op.result;
          say('read', known.read);
        } else if (op.result === UV_EOF) say('end', known.read);
        break;
      case 'write':
        if (op.result >= 0 && op.bytes > 0) {
          known.written += op.bytes;
          say('wrote', known.written);
        }
        break;
      case 'recv':
        if (op.result > 0 || (op.result === 0 && op.remote !== null)) say('received', ++known.read);
        break;
      case 'close':
      case 'reset':
        known.open = false;
        say('closed', known.read);
        break;
      default:
        break;
    }
  }

  private accepted(stream: string, handle: number, listener: Known, op: ProbeOperation): void {
    const key = `${stream}#${handle}`;
    const known = this.sockets.get(key) ?? fresh(listener.kind);
    known.local = op.local ?? listener.local;
    known.remote = op.remote ?? { path: '' };
    this.sockets.set(key, known);
    this.tell({
      what: 'accepted',
      pid: Number(stream.split('-')[0]),
      socket: key,
      local: known.local,
      remote: known.remote,
      count: 0,
    });
  }
}

const fresh = (kind: string): Known => ({ kind, local: null, remote: null, read: 0, written: 0, open: true });
