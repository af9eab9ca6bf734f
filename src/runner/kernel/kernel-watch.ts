/** Asks the kernel about the sockets of a run at the moments that matter, within a budget, and keeps its answers in order of time. */
import type { ProbeOperation, ProbeRecord } from '../../contracts/probe-stream';
import type { Address } from '../../contracts/trace';
import type { KernelEnding } from '../../trace';
import { type ProcRow, type ProcTable, readTable } from './proc-net';
import { type KernelReading, ReadingQueue, type Sample, tupleKey } from './reading-queue';
import type { SharedSs } from './shared-ss';
import { type Destroyed, type DestroyedSource, finAcknowledged, SsEvents } from './ss-events';
import { askListeners } from './ss-listeners';
import { SsPairs } from './ss-pairs';

/**
 * Between two looks at the tables, in ms; longer, up to half a second, where a look costs more than this share of the time, and longer
 * still where it would cost more than MOST of it (tens of thousands of connections in TIME_WAIT).
 */
const INTERVAL = 40;
const SHARE = 0.05;
const LONGEST = 500;
const MOST = 0.08;
/** A look is worth it when so long (ms) nothing was recorded; then again after twice that time, up to a second, later five. */
const QUIET = 40;
/** After something happened, the answers of the other end are awaited for so long (ms). */
const SETTLE = 8;
/** Destroyed sockets that are remembered although nobody knows them yet. */
const STRANGERS = 4096;
/** Connections of which the end is awaited at the end of a run. */
const MOST_OPEN = 10_000;
/** At the end of a run, how long `ss` may take to tell of connections that have ended (ms). */
const LAST_WORDS = 150;
/** TIME_WAIT lasts 60 s on Linux (TCP_TIMEWAIT_LEN), its timer is up to a second late. */
const TIME_WAIT_MS = 60_200;

/** Calls that end a direction or a socket. */
const ENDING: ReadonlySet<string> = new Set(['shutdown', 'close', 'reset']);

export class KernelWatch {
  private readonly ports = new Set<number>();
  private readonly tables = new Set<ProcTable>();
  private readonly events: DestroyedSource;
  private readonly pairs: SsPairs;
  /** Answers that are not taken yet, in order of time. */
  private readonly waiting = new ReadingQueue();
  private readonly began: number;
  /** Connections of the run, since it is watched, whose end was not told yet. */
  private readonly open = new Set<string>();
  /** Sockets of others, or of a program whose record of them is still to be read. */
  private strangers: Destroyed[] = [];
  private readonly over = new WeakMap<ProbeRecord, number>();
  private wantedAt = 0;
  private sampledAt = 0;
  private recordAt = 0;
  private cost = 1;
  private backoff = QUIET;
  private timeWaitEnds = 0;
  private asking = false;
  private closed = false;
  private readonly said = new Set<string>();
  /** Milliseconds spent at looking, and how often. */
  spent = 0;
  looks = 0;

  /** `clock` is the probe's (ns); `onProblem` gets a sentence when a source is missing; `shared` asks for more than this run. */
  constructor(
    private readonly clock: () => number,
    private readonly onProblem: (sentence: string) => void,
    private readonly shared?: SharedSs,
  ) {
    this.began = clock();
    const ours = (destroyed: Destroyed) => {
      if (!this.isOurs(destroyed)) {
        this.strangers.push(destroyed);
        if (this.strangers.length > STRANGERS) this.strangers.splice(0, STRANGERS / 2);
        return;
      }
      this.told(destroyed);
      // What is destroyed has settled: a look tells who waits.
      if (destroyed.remote.port !== 0) this.wantedAt = this.now();
    };
    this.events = shared?.source(ours, onProblem) ?? new SsEvents(clock, ours, onProblem);
    this.events.start();
    this.pairs = new SsPairs((pairs) => this.waiting.push({ time: this.clock(), pairs }));
  }

  /** Takes note of a record as soon as it is read, long before its turn in the trace. */
  noticed(record: ProbeRecord): void {
    if (record.type !== 'op') {
      if (record.type === 'exit') this.want();
      return;
    }
    this.recordAt = this.now();
    if (ENDING.has(record.op)) this.over.set(record, this.clock());
    this.backoff = QUIET;
    const named = record.local !== null && record.remote !== null && record.time > this.began;
    const begins = named && this.open.size < MOST_OPEN && (record.op === 'accept' || record.op === 'connected');
    if (begins) this.open.add(tupleKey(record.local!, record.remote!));
    if (record.local !== null) this.name(record, record.local);
    if (record.remote !== null) this.name(record, record.remote);
    if (record.op === 'connect' && record.args !== null && typeof record.args.port === 'number')
      this.name(record, { address: String(record.args.address), port: record.args.port });
    if (typeof record.args?.inode === 'number' && record.result >= 0) this.pairs.want(record.args.inode);
    if (matters(record)) this.want();
    if (record.op === 'listen' && record.result >= 0) this.askListeners();
  }

  /**
   * When a call that ends something was known to be over: when its record was read (ns); 0 for others. A record carries the time at which its
   * call began and is written when that has returned, and on a busy machine a program can be halted in between.
   */
  overAt(record: ProbeRecord): number {
    return this.over.get(record) ?? 0;
  }

  /** A look is wanted: soon, but not before the other end could answer. */
  want(): void {
    if (this.wantedAt === 0) this.wantedAt = this.now() + SETTLE;
  }

  /** A socket was seen in TIME_WAIT: the kernel is asked again when that is over. */
  sawTimeWait(): void {
    this.timeWaitEnds = this.now() + TIME_WAIT_MS;
  }

  /** Looks when there is a reason and the budget allows it. To be called often. */
  pump(): void {
    if (this.closed || this.tables.size === 0) return;
    const now = this.now();
    if (now - this.sampledAt < Math.max(Math.min(LONGEST, Math.max(INTERVAL, this.cost / SHARE)), this.cost / MOST)) return;
    const quiet = now - this.recordAt > QUIET && now - this.sampledAt > this.backoff;
    const asked = this.wantedAt > 0 && now >= this.wantedAt;
    const over = this.timeWaitEnds > 0 && now > this.timeWaitEnds;
    if (!asked && !quiet && !over) return;
    if (!this.waiting.hasRoomForLook) {
      this.say(FEWER_LOOKS);
      return;
    }
    if (over) this.timeWaitEnds = 0;
    if (quiet) this.backoff = Math.min(this.backoff * 2, now - this.recordAt > 60_000 ? 5000 : 1000);
    this.look();
  }

  /** The last look of a run, whatever it costs. Resolves when what the kernel has to say by then is here. */
  async last(): Promise<void> {
    if (this.closed) return;
    await this.pairs.settled();
    if (this.tables.size === 0) return;
    // `ss` needs a processor, too, to tell of the last ones; whoever is still open may stay so.
    for (const until = this.now() + LAST_WORDS; this.events.running && this.now() < until; )
      if (await new Promise((resolve) => setTimeout(() => resolve(this.open.size === 0), 10))) break;
    this.look();
  }

  /** The next answer from before `time` (ns), in order; null when there is none. It stays until `done`. */
  next(time: number): KernelReading | null {
    return this.waiting.first(time);
  }

  /** What `next` gave has been taken in. */
  done(): void {
    this.waiting.shift();
  }

  /** How the connection with these names ended, at this end, as far as the kernel has said so after `time` (ns). */
  ending(local: Address, remote: Address, active: boolean, time: number): KernelEnding | null {
    if ('path' in local || 'path' in remote || this.waiting.isEmpty) return null;
    const key = tupleKey(local, remote);
    const destroyed = this.waiting.destroyedAfter(key, time);
    let timeWait: boolean | null = null;
    for (const sample of this.waiting.samplesAfter(time)) {
      const row = sample.rows.get(key);
      if (row?.state === 'TIME_WAIT') timeWait = true;
      else if (row === undefined && destroyed !== null && destroyed.time <= sample.time && covered(sample, local)) timeWait = false;
      if (timeWait !== null) break;
    }
    return destroyed === null && timeWait === null ? null : endingOf(destroyed, timeWait, active);
  }

  /**
   * The same for a socket that connects to `remote` and whose own name nobody knows; null also when it could be one of several that ended
   * in different ways. `named`: whether a socket of the trace has these names.
   */
  endingTo(remote: Address, time: number, named: (key: string) => boolean): KernelEnding | null {
    let found: KernelEnding | null = null;
    for (const { local } of this.waiting.destroyedWith(remote, time)) {
      if (named(tupleKey(local, remote))) continue;
      const ending = this.ending(local, remote, true, time);
      if (ending === null || (found !== null && JSON.stringify(found) !== JSON.stringify(ending))) return null;
      found = ending;
    }
    return found;
  }

  /** The first look after `time` (ns) that is still waiting. */
  sampleAfter(time: number): Sample | null {
    return this.waiting.samplesAfter(time)[0] ?? null;
  }

  /** Asks nothing more. What has been answered can still be taken. */
  close(): void {
    this.closed = true;
    this.events.stop();
    this.pairs.close();
  }

  /** Many listeners that come together are asked about once. */
  private askListeners(): void {
    if (this.asking) return;
    this.asking = true;
    setTimeout(() => {
      if (this.closed) return;
      this.asking = false;
      const ask = this.shared?.askListeners.bind(this.shared) ?? askListeners;
      ask((listening) => {
        const ours = listening.filter(({ local }) => this.ports.has(local.port));
        if (!this.closed && ours.length > 0) this.waiting.push({ time: this.clock(), listening: ours });
      });
    }, SETTLE).unref();
  }

  private name(record: ProbeOperation, address: Address): void {
    if ('path' in address || address.port === 0) return;
    if (!this.ports.has(address.port)) {
      this.ports.add(address.port);
      this.adopt();
    }
    const datagram = record.op === 'send' || record.op === 'recv' || record.op === 'udpConnect' || record.args?.handle === 'udp';
    const six = address.address.includes(':');
    // A bind does not say of which kind it is: both tables of datagrams cost next to nothing.
    if (record.op === 'bind' || datagram) this.tables.add('udp').add('udp6');
    if (!datagram) this.tables.add(six ? 'tcp6' : 'tcp');
  }

  private isOurs({ local, remote }: Destroyed): boolean {
    return this.ports.has(local.port) || this.ports.has(remote.port);
  }

  /** A port has become known: whoever was destroyed with it was one of ours. */
  private adopt(): void {
    if (this.strangers.length === 0) return;
    const found = this.strangers.filter((destroyed) => this.isOurs(destroyed));
    if (found.length === 0) return;
    this.strangers = this.strangers.filter((destroyed) => !this.isOurs(destroyed));
    for (const destroyed of found) this.told(destroyed);
    this.want();
  }

  /** The kernel has destroyed a socket of the run. */
  private told(destroyed: Destroyed): void {
    this.open.delete(tupleKey(destroyed.local, destroyed.remote));
    if (!this.waiting.push({ time: destroyed.time, destroyed })) this.say(NOT_KEPT);
  }

  /** Says once that something is missing. */
  private say(sentence: string): void {
    if (this.said.has(sentence)) return;
    this.said.add(sentence);
    this.onProblem(sentence);
  }

  private look(): void {
    const before = process.cpuUsage();
    const since = performance.now();
    const began = this.clock();
    const rows = new Map<string, ProcRow>();
    const byInode = new Map<number, ProcRow>();
    const tables = new Set<ProcTable>();
    for (const table of this.tables) {
      const found = readTable(table, this.ports);
      if (found === null) continue;
      tables.add(table);
      for (const row of found) {
        rows.set(`${table.startsWith('udp') ? 'udp ' : ''}${tupleKey(row.local, row.remote)}`, row);
        if (row.inode !== 0) byInode.set(row.inode, row);
      }
    }
    // On a busy machine the clock goes on while others work, and the time on the processor is also that of other threads.
    const used = process.cpuUsage(before);
    const took = Math.min((used.user + used.system) / 1000, performance.now() - since);
    // A table is no picture of one moment: the middle is wrong by half of what it took at most.
    const time = Math.round((began + this.clock()) / 2);
    this.spent += took;
    this.looks++;
    this.cost = Math.max(took, this.cost * 0.7 + took * 0.3);
    this.sampledAt = this.now();
    this.wantedAt = 0;
    if (tables.size === 0) return;
    this.waiting.push({ time, sample: { time, rows, byInode, tables } });
  }

  private now(): number {
    return this.clock() / 1e6;
  }
}

const FEWER_LOOKS =
  'This machine was too busy to take in the tables of the kernel as fast as connections came and went: it was asked less often, and states between two looks are worked out from the calls.';
const NOT_KEPT =
  "Connections ended faster than this busy machine could take in what they had done: the kernel's word on some of them is missing, and their states are worked out from the calls.";

function endingOf(destroyed: Destroyed | null, timeWait: boolean | null, active: boolean): KernelEnding {
  const acked = destroyed?.bytesAcked ?? null;
  return {
    timeWait,
    unread: destroyed?.recvQueue ?? null,
    received: destroyed?.bytesReceived ?? null,
    connected: !active || acked === null ? null : acked > 0,
    acknowledged: acked === null ? null : acked - (active && acked > 0 ? 1 : 0),
    unacknowledged: destroyed?.sendQueue ?? null,
    finAcknowledged: destroyed === null ? null : finAcknowledged(destroyed, active),
  };
}

/** Whether the table in which a socket of this name stands was read. */
export function covered({ tables }: Sample, local: Address): boolean {
  // An IPv4 name may be one mapped into IPv6, which stands in the other table.
  return 'address' in local && (local.address.includes(':') ? tables.has('tcp6') : tables.has('tcp'));
}

/** Operations after which the kernel may know what the calls do not say. */
function matters({ op, result, queue }: ProbeOperation): boolean {
  switch (op) {
    case 'listen':
    case 'bind':
    case 'connect':
    case 'shutdown':
    case 'shutdownDone':
    case 'close':
    case 'reset':
    case 'udpConnect':
      return true;
    case 'write':
      return queue > 0;
    case 'read':
    case 'connected':
      return result < 0;
    default:
      return false;
  }
}
