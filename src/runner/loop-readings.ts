/** Brings what the probes say of their event loops to the events of the trace. */
import type { ProbeExit, ProbeOperation, LoopReading as Reading } from '../contracts/probe-stream';
import type { NewLoopReading } from '../contracts/trace-model';
import type { Stream } from './translate';

interface Known {
  turn: number;
  /** ns. */
  idle: number;
  /** The newest event of this thread, 0 when there is none yet. */
  last: number;
  /** A reading that stands at no event yet, and whether a socket was told to read since the event before. */
  waiting: Reading | null;
  resumed: boolean;
}

/**
 * A reading stands at the first event that its operation, or a later one of the same turn, became. One whose turn became no event at all is left
 * out: the next one then counts several turns, which takes away precision and nothing else.
 */
export class LoopReadings {
  private readonly known = new Map<Stream, Known>();
  private stream: Stream | null = null;

  /** The events that follow are those of this record of `stream`. */
  begin(stream: Stream, record: ProbeOperation | ProbeExit): void {
    this.stream = stream;
    const known = this.of(stream);
    if (record.loop !== undefined) known.waiting = record.loop;
    // In the turn of an event it has been told before the loop waits again.
    if (known.waiting !== null && record.type === 'op' && record.op === 'readStart') known.resumed = true;
  }

  /** What follows belongs to no thread. */
  end(): void {
    this.stream = null;
  }

  /** An event is about to be appended as `seq`; returns the reading that stands at it. */
  event(seq: number): NewLoopReading | null {
    const { stream } = this;
    if (stream === null) return null;
    const known = this.of(stream);
    const { waiting, last, turn, idle, resumed } = known;
    known.last = seq;
    if (waiting === null) return null;
    known.waiting = null;
    known.resumed = false;
    known.turn = waiting.turn;
    known.idle = waiting.idle;
    const { pid, threadId } = stream.process;
    const waited = Math.max(0, Math.round(waiting.idle - idle));
    return waiting.turn < turn ? null : { pid, thread: threadId, after: last, turns: waiting.turn - turn, waited, resumed };
  }

  private of(stream: Stream): Known {
    let known = this.known.get(stream);
    if (known === undefined) {
      // Before its first turn the loop has not waited, and the probe is there before the program.
      known = { turn: 0, idle: 0, last: 0, waiting: null, resumed: false };
      this.known.set(stream, known);
    }
    return known;
  }
}
