/** Which operations of a run still become events, as its trace grows towards its size. */
import { endsSomething, LeftOutBook, lasts } from '../contracts/left-out';
import { LEFT_OUT, type ProbeOperation, type ThinningLevel, thinningLevel } from '../contracts/probe-stream';
import type { Stream } from './translate';

export class Thinning {
  level: ThinningLevel = 0;
  /** Events whose bytes were left out, and operations that were left out. */
  payloads = 0;
  calls = 0;
  private readonly books = new Map<Stream, LeftOutBook>();

  /** `bytes`: of the trace; payloads are left out first. `events`: of the trace, which bounds the memory of everybody who reads it. */
  constructor(
    private readonly bytes: number,
    private readonly events: number,
  ) {}

  /** Takes note of how large the trace is. Returns true when a new level has begun; none ever goes back. */
  grew(bytes: number, events: number): boolean {
    const byEvents = thinningLevel(events, this.events);
    // Without payloads it would have as many events.
    const level = Math.max(thinningLevel(bytes, this.bytes), byEvents < 2 ? 0 : byEvents) as ThinningLevel;
    if (level <= this.level) return false;
    this.level = level;
    return true;
  }

  /** Whether a reading of the kernel is to be shown: it stands with the calls that are left out last. */
  passReading(): boolean {
    if (this.level < 3) return true;
    this.calls++;
    return false;
  }

  /** What of an operation is to be shown: itself, nothing, or with what was left out of its socket before it. */
  pass(stream: Stream, op: ProbeOperation): readonly ProbeOperation[] {
    if (this.level === 3) {
      this.calls++;
      return [];
    }
    let shown = op;
    if (this.level > 0 && op.payload !== null && op.payload.length > 0) {
      shown = { ...op, payload: null };
      if (this.level === 1 || lasts(op.op, op.result)) this.payloads++;
    }
    if (this.level < 2 || op.api === LEFT_OUT) return [shown];
    let book = this.books.get(stream);
    if (book === undefined) {
      book = new LeftOutBook();
      this.books.set(stream, book);
    }
    if (!lasts(op.op, op.result)) {
      book.add(op.handle, op.op, op.bytes);
      this.calls++;
      return [];
    }
    const left = endsSomething(op.op, op.result) ? book.take(op.handle) : null;
    return left === null ? [shown] : [summary(op, left), shown];
  }
}

/** A record that says what was left out, as the probe would have written it before `op`. */
function summary(op: ProbeOperation, args: { [key: string]: number }): ProbeOperation {
  const nothing = { bytes: -1, local: null, remote: null, payload: null, writable: -1, readable: -1, queue: -1, site: null };
  return { ...op, ...nothing, op: 'api', api: LEFT_OUT, siteIsCause: false, result: 0, args };
}
