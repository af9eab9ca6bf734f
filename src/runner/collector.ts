/** Collects a run: from the probes' streams in the run folder to one `.socktrace` file, live. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LaunchEnd, ProbeRecord } from '../contracts/probe-stream';
import type { SocketInfo, TraceHeader } from '../contracts/trace';
import type { NewEvent } from '../contracts/trace-model';
import { StateTracker, stateEvent, TraceEncoder, TraceStore } from '../trace';
import { KernelWatch } from './kernel/kernel-watch';
import { KernelReadings } from './kernel/readings';
import { StreamMerge } from './merge';
import { isAlive } from './process-tree';
import { ReachScout } from './reach-scout';
import type { StreamTail } from './stream-tail';
import { TraceFile } from './trace-file';
import { type TracedProcess, TracedProcesses } from './traced-processes';
import { type BornSocket, type CallKnowledge, newStream, Translator } from './translate';

export interface CollectOptions {
  runFolder: string;
  /** The `.socktrace` to write. */
  out: string;
  knowledge: CallKnowledge;
  /** Folder against which names are relative; that of the first process when absent. */
  cwd?: string;
  /** Size of the trace, in bytes, at which it stops growing; payloads stop at half of it. Default 1 GiB. */
  limit?: number;
  /** Number of events at which it stops growing, which bounds the memory of everybody who reads it. Default 1,000,000. */
  maxEvents?: number;
  /** Told once, when the trace can no longer be written. */
  onProblem?: (sentence: string) => void;
  /** Told at the first socket that listens or is bound: somebody can talk to it now. */
  onReachable?: () => void;
  /** Whether the kernel is asked about the sockets. Default: where it answers, on Linux. */
  kernel?: boolean;
}

/** What a run amounted to. */
export interface CollectResult {
  events: number;
  sockets: number;
  /** Events that are known to be missing. */
  dropped: number;
  notices: string[];
  problem: string | null;
}

const DEFAULT_LIMIT = 1024 ** 3;
const DEFAULT_MAX_EVENTS = 1_000_000;
/** How long the collector works before it lets others run, in ms. */
const SLICE = 40;
const LOOK_AT_PIDS = 200;

export class Collector {
  private readonly merge: StreamMerge;
  private readonly file: TraceFile;
  private readonly encoder = new TraceEncoder();
  private readonly store: TraceStore;
  private readonly tracker: StateTracker;
  /** The kernel's answers, and the events that they become; null where it is not asked. */
  private readonly watch: KernelWatch | null;
  private readonly readings: KernelReadings | null;
  private readonly translator: Translator;
  private readonly processes = new TracedProcesses();
  private readonly limit: number;
  private readonly maxEvents: number;
  /** Why nothing more is kept; null while all is. */
  private full: string | null = null;
  private readonly endNotes = new Map<number, LaunchEnd>();
  private header: Omit<TraceHeader, 'processes'>;
  private epoch = -1;
  private last = 0;
  private late = 0;
  private latest = 0;
  private lost = 0;
  private overflow = 0;
  private payloadsLeftOut = 0;
  /** Streams that could not be read at all, or that are not there. */
  private readonly damages: string[] = [];
  /** Pids of end notes whose exit may still have to be told. */
  private readonly untold = new Set<number>();
  /** Looks for somebody who can be talked to; null when nobody asks, or it was told. */
  private scout: ReachScout | null;
  private problemTold = false;
  private lookedAtPids = 0;
  private lastCounts = '';
  private finished = false;

  constructor(private readonly options: CollectOptions) {
    const asked = options.kernel ?? process.platform === 'linux';
    this.watch = asked ? new KernelWatch(clock, (sentence) => this.damages.push(sentence)) : null;
    this.merge = new StreamMerge(options.runFolder, clock, this.watch && ((record) => this.watch?.noticed(record)));
    this.tracker = new StateTracker(
      this.watch && { ending: (from, to, active, t) => this.watch!.ending(from, to, active, t + this.epoch) },
    );
    this.scout = options.onReachable === undefined ? null : new ReachScout(options.runFolder);
    this.limit = options.limit ?? DEFAULT_LIMIT;
    this.maxEvents = options.maxEvents ?? DEFAULT_MAX_EVENTS;
    this.header = {
      socketscope: 1,
      platform: process.platform,
      cwd: options.cwd ?? process.cwd(),
      began: new Date().toISOString(),
      dropped: 0,
      notices: [],
    };
    this.store = new TraceStore(this.header);
    this.readings =
      this.watch &&
      new KernelReadings(this.store, this.tracker, this.watch, {
        event: (event) => this.event(event),
        timeOf: (time) => this.timeOfReading(time),
        dying: (pid) => this.dying(pid),
      });
    if (this.watch === null) this.damages.push(NO_KERNEL);
    this.translator = new Translator(options.knowledge, {
      socket: (socket) => this.socket(socket),
      role: (id, role) => {
        this.store.updateSocket(id, { role });
        this.announce(id);
      },
      event: (event) => this.event(event),
    });
    this.file = new TraceFile(options.out);
    this.encoder.header(this.header);
    this.write();
  }

  /** Pids of the run that may still be running. */
  get running(): number[] {
    return this.processes.running();
  }

  /** Every pid of the run so far. */
  get pids(): number[] {
    return [...this.processes.all].map((traced) => traced.info.pid);
  }

  /** Sockets and events so far, for a status display. */
  get counts(): { sockets: number; events: number } {
    return { sockets: this.translator.socketCount, events: this.store.size };
  }

  /** Takes what is there, for at most about 40 ms. Returns true when more waits. */
  pump(final = false): boolean {
    this.look();
    if (this.watch !== null && !final) {
      this.merge.readAhead();
      this.watch.pump();
    }
    const until = Date.now() + SLICE;
    let more = false;
    for (let count = 0; ; count++) {
      const ready = this.merge.next(final);
      if (ready === null) break;
      if (this.untold.size > 0) this.tellKilledBefore(ready.record.time);
      this.readings?.apply(ready.record.time);
      this.record(ready.tail, ready.record);
      if ((count & 255) === 255) {
        if (this.encoder.pending > 1 << 18) this.write();
        if (Date.now() >= until) {
          more = true;
          break;
        }
      }
    }
    if (!more) {
      this.readings?.apply(this.merge.settled);
      this.tellEnds(final);
      if (final) this.readings?.apply(Number.POSITIVE_INFINITY, true);
    }
    this.write();
    return more;
  }

  /** Takes the rest, marks the end and closes the file. */
  async finish(): Promise<CollectResult> {
    if (this.watch !== null && !this.finished) {
      this.look();
      this.merge.readAhead();
      await this.watch.last();
    }
    while (this.pump(true)) await new Promise((resolve) => setImmediate(resolve));
    if (!this.finished) {
      this.finished = true;
      for (const { problem, stream } of this.merge.streams) if (problem !== null) this.damaged(problem, stream?.process.pid);
      for (const traced of this.processes.all) {
        if (!traced.told) traced.info.notices.push('This process was still running when the trace ended.');
        this.encoder.process(traced.info);
      }
      // Only now: before, the records of a process that has ended may still be held back.
      for (const pid of this.endNotes.keys()) if (this.processes.get(pid) === undefined) this.damages.push(noRecord(pid));
      this.summarise();
      this.encoder.header(this.header);
      this.encoder.end();
      this.write();
      this.file.close();
      this.merge.close();
      this.scout?.close();
      this.watch?.close();
    }
    const { dropped, notices } = this.header;
    return { ...this.counts, dropped, notices, problem: this.file.problem };
  }

  private look(): void {
    let notes: string[];
    try {
      notes = this.merge.look();
    } catch {
      this.problem(`${this.options.runFolder}: the run folder is gone; the trace ends here`);
      return;
    }
    for (const name of notes) {
      try {
        const end = JSON.parse(readFileSync(join(this.options.runFolder, name), 'utf8')) as LaunchEnd;
        this.endNotes.set(end.pid, end);
        this.untold.add(end.pid);
      } catch {
        // Not ours; a launcher writes these files whole.
      }
    }
    if (this.scout?.look()) {
      this.scout.close();
      this.scout = null;
      this.options.onReachable?.();
    }
    const now = Date.now();
    if (now - this.lookedAtPids < LOOK_AT_PIDS) return;
    this.lookedAtPids = now;
    for (const traced of this.processes.all) if (!traced.gone && !isAlive(traced.info.pid)) traced.gone = true;
  }

  private record(tail: StreamTail, record: ProbeRecord): void {
    const t = this.timeOf(record.time);
    if (record.type === 'process') {
      tail.stream = newStream(record);
      const first = this.processes.get(record.pid) === undefined && this.pids.length === 0;
      if (first && this.options.cwd === undefined) {
        this.header.cwd = record.cwd;
        this.encoder.header(this.header);
      }
      const traced = this.processes.add(record, t, this.header.cwd);
      if (traced !== null) {
        this.encoder.process(traced.info);
        this.store.addProcess(traced.info);
      }
      return;
    }
    const stream = tail.stream;
    if (stream === null) return;
    const traced = this.processes.get(stream.process.pid)!;
    switch (record.type) {
      case 'op':
        if (this.full === null) this.translator.operation(stream, record, t);
        else this.overflow++;
        break;
      case 'notice':
        this.lost += record.lost ?? 0;
        if (!traced.info.notices.includes(record.text) && traced.info.notices.length < 100) traced.info.notices.push(record.text);
        this.encoder.process(traced.info);
        break;
      case 'exit':
        if (stream.process.threadId === 0 && !traced.told) {
          traced.exit = record;
          this.tellEnd(traced, t);
        }
        break;
    }
  }

  /** Time in the trace. Never goes back: what arrives late gets the time of what was before it. */
  private timeOf(time: number): number {
    if (this.epoch < 0) {
      this.epoch = time;
      this.header.began = new Date(Date.now() - (clock() - time) / 1e6).toISOString();
      this.encoder.header(this.header);
    }
    const t = Math.round(time - this.epoch);
    if (t < this.last) {
      this.late++;
      this.latest = Math.max(this.latest, this.last - t);
      return this.last;
    }
    this.last = t;
    return t;
  }

  /** As timeOf, of what the kernel was asked: it waits for its turn here, so that it is never late. */
  private timeOfReading(time: number): number {
    this.last = Math.max(this.last, Math.round(time - this.epoch));
    return this.last;
  }

  /** Whether a process has ended, and the trace does not say so yet. */
  private dying(pid: number): boolean {
    const traced = this.processes.get(pid);
    return traced !== undefined && !traced.told && (traced.gone || this.endNotes.has(pid) || !isAlive(pid));
  }

  private socket(socket: BornSocket): void {
    this.readings?.add(this.store.addSocket(socket));
    this.encoder.socket(socket);
  }

  private announce(id: string): void {
    const { pid, protocol, role, listener } = this.store.sockets[this.store.socketIndexOf(id)] as SocketInfo;
    this.encoder.socket({ id, pid, protocol, role, listener });
  }

  private event(event: NewEvent): void {
    const size = this.file.size + this.encoder.pending;
    if (size > this.limit) this.full ??= `${Math.round(this.limit / 1024 ** 2)} MiB`;
    else if (this.store.size >= this.maxEvents) this.full ??= `${this.maxEvents.toLocaleString('en')} events`;
    let kept = event;
    if (event.payload && size > this.limit / 2) {
      this.payloadsLeftOut++;
      kept = { ...event, payload: null };
    }
    this.append(kept);
  }

  /** Puts an event into file and model, with the changes of state that it brings. The model needs no payloads. */
  private append(event: NewEvent): void {
    const seq = this.store.append(event.payload ? { ...event, payload: null } : event);
    this.encoder.event(event);
    this.readings?.noticed(seq);
    if (event.kind === 'state') return;
    for (const change of this.tracker.apply({ ...event, seq }, this.store)) this.append(stateEvent(change, event, this.store));
  }

  /** A process that was killed says nothing itself: its exit takes its place in time among the records of the others. */
  private tellKilledBefore(time: number): void {
    for (const pid of this.untold) {
      const traced = this.processes.get(pid);
      const end = this.endNotes.get(pid);
      if (traced === undefined || end === undefined || end.time > time || end.time < traced.info.started + this.epoch) continue;
      const own = this.merge.streams.filter((tail) => tail.stream?.process.pid === pid);
      if (!traced.told && !own.every((tail) => this.merge.drained(tail))) continue;
      this.untold.delete(pid);
      if (traced.told || traced.exit !== null) continue;
      traced.ended = end;
      this.readings?.apply(end.time);
      this.tellEnd(traced, this.timeOf(end.time));
    }
  }

  /** Settles the processes that are gone and whose streams are read to the end. */
  private tellEnds(final: boolean): void {
    for (const traced of this.processes.all) {
      if (traced.settled) continue;
      const end = this.endNotes.get(traced.info.pid);
      if (end !== undefined && end.time >= traced.info.started + this.epoch) traced.ended = end;
      if (traced.ended === null && !traced.gone && !(final && traced.exit !== null)) continue;
      const own = this.merge.streams.filter((tail) => tail.stream?.process.pid === traced.info.pid);
      if (!own.every((tail) => this.merge.drained(tail))) continue;
      // What others did before it ended may still be held back.
      traced.endedAt ??= traced.ended?.time ?? clock();
      if (!traced.told && !final && !this.merge.isSettled(traced.endedAt)) continue;
      traced.settled = true;
      for (const tail of own) {
        if (tail.problem !== null) this.damaged(tail.problem, traced.info.pid);
        this.merge.remove(tail);
      }
      if (!traced.told) {
        this.readings?.apply(traced.endedAt);
        this.tellEnd(traced, this.timeOf(traced.endedAt));
      }
      // How the kernel says it ended counts more than what the process itself expected.
      if (traced.ended !== null) traced.info.exit = { code: traced.ended.code, signal: traced.ended.signal };
      this.encoder.process(traced.info);
    }
  }

  private damaged(problem: string, pid: number | undefined): void {
    const traced = pid === undefined ? undefined : this.processes.get(pid);
    if (traced !== undefined) traced.info.notices.push(problem);
    else this.damages.push(problem);
  }

  /** Writes the exit of a process: at its own last word where it had one, else when it was found gone. */
  private tellEnd(traced: TracedProcess, t: number): void {
    traced.told = true;
    const code = traced.exit?.code ?? traced.ended?.code ?? null;
    const signal = traced.exit === null ? (traced.ended?.signal ?? null) : null;
    traced.info.exit = { code, signal };
    traced.info.ended = t;
    this.event({
      t,
      pid: traced.info.pid,
      socket: null,
      fd: null,
      kind: 'exit',
      call: null,
      api: null,
      args: { code, signal },
      result: null,
      error: null,
      bytes: null,
      provenance: traced.exit === null && traced.ended === null ? 'kernel' : 'observed',
      site: null,
      state: null,
    });
    this.encoder.process(traced.info);
  }

  /** What has to be said about the whole run. */
  private summarise(): void {
    const notices: string[] = [...this.damages];
    const { late, overflow, payloadsLeftOut, full } = this;
    if (payloadsLeftOut > 0)
      notices.push(
        `The trace reached half of its largest size: the bytes of ${payloadsLeftOut} later events were not kept, only their count.`,
      );
    if (full !== null && overflow > 0)
      notices.push(`The trace reached its limit of ${full}: ${overflow} later operations of the programs are not in it.`);
    if (late > 0)
      notices.push(`${late} records arrived late (by up to ${(this.latest / 1e6).toFixed(1)} ms) and stand in the order of their arrival.`);
    this.header.notices = notices;
    this.header.dropped = this.lost + overflow;
  }

  private write(): void {
    const counts = `${this.overflow > 0} ${this.payloadsLeftOut > 0}`;
    if (counts !== this.lastCounts) {
      this.lastCounts = counts;
      this.summarise();
      this.encoder.header(this.header);
    }
    if (this.encoder.pending > 0) this.file.write(this.encoder.take());
    if (this.file.problem !== null) this.problem(this.file.problem);
  }

  private problem(sentence: string): void {
    if (this.problemTold) return;
    this.problemTold = true;
    this.options.onProblem?.(sentence);
  }
}

/** The probe's clock (CLOCK_MONOTONIC) in ns. */
export const clock = (): number => Number(process.hrtime.bigint());

const NO_KERNEL =
  'Only Linux lets other programs look at its sockets: here states and queues are worked out from the calls, and the kernel was not asked.';

/** What is said of a program that ran and left no stream. */
const noRecord = (pid: number) =>
  `Process ${pid} left no record, so nothing of it is in this trace: it ended before Node had started, or Node's --permission keeps it from writing to the temporary folder.`;
