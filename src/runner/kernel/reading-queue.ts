/** The kernel's answers that are not taken yet, in order of time, found by name: a busy run has tens of thousands of them at once. */
import type { Address } from '../../contracts/trace';
import { addressKey } from '../../trace';
import type { ProcRow, ProcTable } from './proc-net';
import type { Destroyed } from './ss-events';
import type { Listening } from './ss-listeners';

/** What the tables said at one moment, by tupleKey; of datagram sockets with `udp ` before it. */
export interface Sample {
  /** When it was read (ns, the probe's clock). */
  time: number;
  rows: ReadonlyMap<string, ProcRow>;
  /** Rows of sockets whose own name the trace does not have yet, by the kernel's number of the socket. */
  byInode: ReadonlyMap<number, ProcRow>;
  tables: ReadonlySet<ProcTable>;
}

export type KernelReading =
  | { time: number; sample: Sample }
  | { time: number; destroyed: Destroyed }
  | { time: number; listening: Listening[] }
  /** Unix-domain sockets that are the ends of one connection, by the kernel's numbers. */
  | { time: number; pairs: [number, number][] };

/** Both names of a socket as one; the same from every source. */
export const tupleKey = (local: Address, remote: Address): string => `${addressKey(local)} ${addressKey(remote)}`;

/**
 * Answers that may wait until the records of their time are read: destroyed sockets, and rows of the tables (about 1 kB and 300 bytes each).
 * A collector that gets little of a busy machine reads the records later, their files are patient; what the kernel says has to be kept in
 * memory until then.
 */
export const MOST_DESTROYED = 10_000;
export const MOST_ROWS = 20_000;

/** Taken readings are let go of in blocks of so many. */
const BLOCK = 1024;

export class ReadingQueue {
  private readings: KernelReading[] = [];
  private head = 0;
  private samples: Sample[] = [];
  private readonly byTuple = new Map<string, Destroyed[]>();
  private readonly byRemote = new Map<string, Destroyed[]>();
  private rowCount = 0;
  private destroyedCount = 0;

  /** Whether another look at the tables can be kept. */
  get hasRoomForLook(): boolean {
    return this.rowCount < MOST_ROWS;
  }

  get isEmpty(): boolean {
    return this.head === this.readings.length;
  }

  /**
   * `reading` may be older than what is here already: a socket that is only now known to be one of ours. Returns false when so many
   * destroyed sockets wait that this one is not kept.
   */
  push(reading: KernelReading): boolean {
    if ('destroyed' in reading && this.destroyedCount >= MOST_DESTROYED) return false;
    let at = this.readings.length;
    while (at > this.head && this.readings[at - 1]!.time > reading.time) at--;
    if (at === this.readings.length) this.readings.push(reading);
    else this.readings.splice(at, 0, reading);
    if ('sample' in reading) {
      this.samples.push(reading.sample);
      this.rowCount += reading.sample.rows.size;
    } else if ('destroyed' in reading) {
      this.destroyedCount++;
      const { local, remote } = reading.destroyed;
      insert(this.byTuple, tupleKey(local, remote), reading.destroyed);
      insert(this.byRemote, addressKey(remote), reading.destroyed);
    }
    return true;
  }

  /** The next answer from before `time` (ns); null when there is none. It stays until `shift`. */
  first(time: number): KernelReading | null {
    const first = this.readings[this.head];
    return first === undefined || first.time > time ? null : first;
  }

  shift(): void {
    const reading = this.readings[this.head];
    if (reading === undefined) return;
    if (++this.head >= BLOCK) {
      this.readings = this.readings.slice(this.head);
      this.head = 0;
    }
    if ('sample' in reading) {
      this.samples.shift();
      this.rowCount -= reading.sample.rows.size;
    } else if ('destroyed' in reading) {
      this.destroyedCount--;
      remove(this.byTuple, tupleKey(reading.destroyed.local, reading.destroyed.remote), reading.destroyed);
      remove(this.byRemote, addressKey(reading.destroyed.remote), reading.destroyed);
    }
  }

  /** The first time after `time` (ns) that a socket with these names was destroyed. */
  destroyedAfter(key: string, time: number): Destroyed | null {
    return this.byTuple.get(key)?.find((destroyed) => destroyed.time >= time) ?? null;
  }

  /** Sockets with this other end that were destroyed after `time` (ns). */
  destroyedWith(remote: Address, time: number): Destroyed[] {
    return (this.byRemote.get(addressKey(remote)) ?? []).filter((destroyed) => destroyed.time >= time);
  }

  /** Looks after `time` (ns), oldest first. */
  samplesAfter(time: number): Sample[] {
    const { samples } = this;
    let from = samples.length;
    while (from > 0 && samples[from - 1]!.time >= time) from--;
    return from === 0 ? samples : samples.slice(from);
  }
}

function insert(index: Map<string, Destroyed[]>, key: string, destroyed: Destroyed): void {
  const list = index.get(key);
  if (list === undefined) {
    index.set(key, [destroyed]);
    return;
  }
  let at = list.length;
  while (at > 0 && list[at - 1]!.time > destroyed.time) at--;
  list.splice(at, 0, destroyed);
}

function remove(index: Map<string, Destroyed[]>, key: string, destroyed: Destroyed): void {
  const list = index.get(key);
  if (list === undefined) return;
  const at = list.indexOf(destroyed);
  if (at >= 0) list.splice(at, 1);
  if (list.length === 0) index.delete(key);
}
