/** Collects a run: from the probes' streams in the run folder to one `.socktrace` file, live. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LaunchEnd, type ProbeFact, type ProbeRecord, RUN_BYTES } from '../contracts/probe-stream';
import type { SocketInfo, TraceHeader } from '../contracts/trace';
import type { NewEvent } from '../contracts/trace-model';
import { StateTracker, stateEvent, TraceEncoder, TraceStore } from '../trace';
import { Children } from './children';
import { clock } from './clock';
import { KernelWatch } from './kernel/kernel-watch';
import { KernelReadings } from './kernel/readings';
import type { SharedSs } from './kernel/shared-ss';
import { LoopReadings } from './loop-readings';
import { StreamMerge } from './merge';
import { isAlive } from './process-tree';
import { ReachScout, reached } from './reach-scout';
import { inWords, RunLosses } from './run-losses';
import { FOLDER_GONE, NO_KERNEL, noRecord } from './run-words';
import type { StreamTail } from './stream-tail';
import { Thinning } from './thinning';
import { TraceFile } from './trace-file';
import { type TracedProcess, TracedProcesses } from './traced-processes';
import { type BornSocket, type CallKnowledge, newStream, nothing, Translator } from './translate';

export interface CollectOptions {
  runFolder: string;
  /** The `.socktrace` to write. */
  out: string;
  knowledge: CallKnowledge;
  /** Folder against which names are relative; that of the first process when absent. */
  cwd?: string;
  /** Size of the trace, in bytes, at which it stops growing; payloads are left out from half of it on, calls from three quarters. Default RUN_BYTES. */
  limit?: number;
  /** Number of events at which it stops growing, which bounds the memory of everybody who reads it. Default 1,000,000. */
  maxEvents?: number;
  /** Told once, when the trace can no longer be written. */
  onProblem?: (sentence: string) => void;
  /** Told at the first socket that listens or is bound: somebody can talk to it now. */
  onReachable?: () => void;
  /** Whether the kernel is asked about the sockets. Default: where it answers, on Linux. */
  kernel?: boolean;
  /** Asks `ss` for several runs; this one asks by itself when absent. */
  ss?: SharedSs;
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

const DEFAULT_MAX_EVENTS = 1_000_000;
/** How long the collector works before it lets others run, in ms. */
const SLICE = 40;
/** Bytes that are written at once: little is lost where the disk turns out to be full. */
const WRITE_AT = 16 * 1024;
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
  private readonly loops = new LoopReadings();
  private readonly processes = new TracedProcesses();
  private readonly thinning: Thinning;
  private readonly losses: RunLosses;
  private readonly children = new Children();
  private readonly endNotes = new Map<number, LaunchEnd>();
  private header: Omit<TraceHeader, 'processes'>;
  private epoch = -1;
  private last = 0;
  /** Pids of end notes whose exit may still have to be told. */
  private readonly untold = new Set<number>();
  /** Looks for somebody who can be talked to; null when nobody asks, or it was told. */
  private scout: ReachScout | null;
  private problemTold = false;
  private folderGone = false;
  private lookedAtPids = 0;
  private finished = false;

  constructor(private readonly options: CollectOptions) {
    const { limit = RUN_BYTES, maxEvents = DEFAULT_MAX_EVENTS } = options;
    this.thinning = new Thinning(limit, maxEvents);
    this.losses = new RunLosses(this.thinning, `${inWords(limit)} or ${maxEvents.toLocaleString('en')} events`);
    const asked = options.kernel ?? process.platform === 'linux';
    this.watch = asked ? new KernelWatch(clock, (sentence) => this.losses.damages.push(sentence), options.ss) : null;
    this.merge = new StreamMerge(options.runFolder, clock, this.watch && ((record) => this.watch?.noticed(record)));
    this.tracker = new StateTracker(
      this.watch && {
        ending: (local, remote, active, t) => this.watch!.ending(local, remote, active, t + this.epoch),
        endingTo: (remote, t) => this.readings!.endingTo(remote, t + this.epoch),
      },
    );
    this.scout = options.onReachable === undefined ? null : new ReachScout(options.runFolder);
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
        event: (event) => {
          if (this.thinning.passReading()) this.event(event);
        },
        timeOf: (time) => this.timeOfReading(time),
        dying: (pid) => this.dying(pid),
      });
    if (this.watch === null) this.losses.damages.push(NO_KERNEL);
    this.translator = new Translator(options.knowledge, {
      socket: (socket) => this.socket(socket),
      role: (id, role) => {
        this.store.updateSocket(id, { role });
        this.announce(id);
      },
      event: (event) => this.event(event),
      inode: (id, inode) => this.readings?.inode(this.store.socketIndexOf(id), inode),
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
      if ((count & 63) === 63) {
        if (this.encoder.pending > WRITE_AT) this.write();
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
    for (const traced of this.processes.all) traced.gone ||= !isAlive(traced.info.pid);
    while (this.pump(true)) await new Promise((resolve) => setImmediate(resolve));
    if (!this.finished) {
      this.finished = true;
      for (const tail of this.merge.streams) this.leave(tail);
      this.tellUnrecorded(true);
      for (const traced of this.processes.all) {
        if (!traced.told) traced.info.notices.push('This process was still running when the trace ended.');
        this.encoder.process(traced.info);
      }
      // Only now: before, the records of a process that has ended may still be held back.
      for (const pid of this.endNotes.keys()) if (this.processes.get(pid) === undefined) this.losses.damages.push(noRecord(pid));
      this.losses.joinedByOrder(this.store.sockets);
      this.losses.into(this.header);
      this.encoder.header(this.header);
      this.encoder.end();
      this.write();
      if (this.file.problem !== null) this.cutOff();
      this.file.close();
      if (this.file.problem !== null) this.problem(this.file.problem);
      this.merge.close();
      this.scout?.close();
      this.watch?.close();
    }
    const { dropped, notices } = this.header;
    return { ...this.counts, dropped, notices, problem: this.file.problem };
  }

  /** The trace could not be written to its end: it says so itself, as far as there is room. */
  private cutOff(): void {
    const all = this.store.size;
    const { dropped, notices } = this.header;
    this.file.cutOff((events) => ({
      ...this.header,
      dropped: dropped + all - events,
      notices: [
        `${(all - events).toLocaleString('en')} events that came later are not in this trace: it could not be written.`,
        ...notices,
      ],
    }));
  }

  /** A launcher in this very process says how its program ended; its note in the run folder may not have come about. */
  programEnded(end: LaunchEnd): void {
    this.endNotes.set(end.pid, end);
    this.untold.add(end.pid);
  }

  private look(): void {
    let notes: string[];
    try {
      notes = this.merge.look();
    } catch {
      if (this.folderGone) return;
      this.folderGone = true;
      this.losses.damages.push(FOLDER_GONE);
      this.options.onProblem?.(`${this.options.runFolder}: ${FOLDER_GONE}`);
      this.scout?.close();
      this.scout = null;
      notes = [];
    }
    for (const name of notes) {
      try {
        const end = JSON.parse(readFileSync(join(this.options.runFolder, name), 'utf8')) as LaunchEnd;
        this.programEnded(end);
      } catch {
        // Not ours; a launcher writes these files whole.
      }
    }
    if (this.scout !== null && reached(this.scout)) {
      this.scout.close();
      this.scout = null;
      this.options.onReachable?.();
    }
    const now = Date.now();
    if (now - this.lookedAtPids < LOOK_AT_PIDS) return;
    this.lookedAtPids = now;
    this.tellUnrecorded(false);
    for (const traced of this.processes.all) if (!traced.gone && !isAlive(traced.info.pid)) traced.gone = true;
  }

  private record(tail: StreamTail, record: ProbeRecord): void {
    const t = this.timeOf(record.time);
    this.readings?.turnOf(record);
    if (record.type === 'process') {
      tail.stream = newStream(record);
      const first = this.processes.get(record.pid) === undefined && this.pids.length === 0;
      if (first && this.options.cwd === undefined) {
        this.header.cwd = record.cwd;
        this.encoder.header(this.header);
      }
      const traced = this.processes.add(record, t, this.header.cwd, tail.ancestors);
      this.processes.get(record.pid)?.streams.push(tail.stream);
      this.children.recorded(record.pid);
      this.captured(record.payload);
      if (traced !== null) {
        if (record.quiet) traced.info.quiet = this.options.knowledge.quiet?.(record.quiet) ?? `${record.quiet.name} is not recorded.`;
        this.encoder.process(traced.info);
        this.store.addProcess(traced.info);
      }
      return;
    }
    const stream = tail.stream;
    if (stream === null) return;
    const traced = this.processes.get(stream.process.pid)!;
    if (record.type !== 'notice') this.loops.begin(stream, record);
    switch (record.type) {
      case 'op':
        for (const op of this.thinning.pass(stream, record)) this.translator.operation(stream, op, t);
        break;
      case 'notice':
        tail.lost += record.lost ?? 0;
        if (record.fact) this.fact(traced, record.fact, t);
        else this.note(traced, record.text);
        break;
      case 'exit':
        if (stream.process.threadId !== 0) this.translator.ended(stream, 'worker ended', t);
        else if (!traced.told) {
          traced.exit = record;
          this.tellEnd(traced, t);
        }
        break;
    }
    this.loops.end();
  }

  /** What a process keeps of the bytes: the most of all counts. */
  private captured(payload: number | undefined): void {
    if (payload === undefined || payload <= (this.header.payload ?? -1)) return;
    this.header.payload = payload;
    this.encoder.header(this.header);
  }

  /** Something that a probe knows: what cannot be seen, which processes and threads come and go, that it records less. */
  private fact(traced: TracedProcess, fact: ProbeFact, t: number): void {
    switch (fact.what) {
      case 'child':
        if (this.processes.get(Number(fact.pid)) === undefined) this.children.started(traced.info.pid, fact);
        break;
      case 'thread ended':
        for (const stream of traced.streams)
          if (stream.process.threadId === fact.threadId) this.translator.ended(stream, 'worker ended', t);
        break;
      case 'thinned':
        this.thinned(Number(fact.level), traced.info.pid, t);
        break;
      default:
        this.note(traced, this.options.knowledge.notVisible?.(fact) ?? `Not visible here: ${fact.what}.`);
    }
  }

  private note(traced: TracedProcess, sentence: string): void {
    if (traced.info.notices.includes(sentence) || traced.info.notices.length >= 100) return;
    traced.info.notices.push(sentence);
    this.encoder.process(traced.info);
  }

  /** Says of processes that have no record why that is so. */
  private tellUnrecorded(all: boolean): void {
    for (const { parent, fact } of this.children.unrecorded(all)) {
      const traced = this.processes.get(parent);
      if (traced !== undefined) this.fact(traced, fact, this.last);
    }
  }

  /** From here on less is recorded, of one process or of all: an event of its own, so that every step before it is known to be whole. */
  private thinned(level: number, pid: number, t: number): void {
    this.losses.thins(level, this.store.size + 1);
    this.append({ ...nothing(pid, t), kind: 'api', api: 'thinned', args: { level } });
    // Nothing that the kernel could say would be shown.
    if (this.thinning.level === 3) this.watch?.close();
  }

  /** A stream from which nothing more will come. */
  private leave(tail: StreamTail): void {
    this.losses.stream(tail.totals(), tail.lost);
    if (tail.problem !== null) this.damaged(tail.problem, tail.stream?.process.pid);
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
      this.losses.arrivedLate(this.last - t);
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
    const index = this.store.addSocket(socket);
    this.readings?.add(index);
    this.encoder.socket(socket);
  }

  private announce(id: string): void {
    const { pid, protocol, role, listener } = this.store.sockets[this.store.socketIndexOf(id)] as SocketInfo;
    this.encoder.socket({ id, pid, protocol, role, listener });
  }

  private event(event: NewEvent): void {
    const loop = event.kind === 'kernel' ? null : this.loops.event(this.store.size + 1);
    if (loop !== null) this.encoder.loop(loop);
    this.append(event);
    const size = this.file.size + this.encoder.pending;
    if (this.thinning.grew(size, this.store.size)) this.thinned(this.thinning.level, event.pid, event.t);
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
        this.leave(tail);
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
    else this.losses.damages.push(problem);
  }

  /** Writes the exit of a process: at its own last word where it had one, else when it was found gone. */
  private tellEnd(traced: TracedProcess, t: number): void {
    traced.told = true;
    const code = traced.exit?.code ?? traced.ended?.code ?? null;
    const signal = traced.exit === null ? (traced.ended?.signal ?? null) : null;
    traced.info.exit = { code, signal };
    traced.info.ended = t;
    for (const stream of traced.streams) this.translator.ended(stream, 'process ended', t);
    const provenance = traced.exit === null && traced.ended === null ? 'kernel' : 'observed';
    this.event({ ...nothing(traced.info.pid, t), kind: 'exit', args: { code, signal }, provenance });
    this.encoder.process(traced.info);
  }

  private write(): void {
    if (this.losses.into(this.header)) this.encoder.header(this.header);
    if (this.encoder.pending > 0) this.file.write(this.encoder.take(), this.encoder.mark);
    if (this.file.problem !== null) this.problem(this.file.problem);
  }

  private problem(sentence: string): void {
    if (this.problemTold) return;
    this.problemTold = true;
    this.options.onProblem?.(sentence);
  }
}
