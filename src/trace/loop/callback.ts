import type { CallbackWait, LoopSpan, ReadyWait } from '../../contracts/event-loop';
import type { LoopReadings, TraceReader } from '../../contracts/trace-model';
import { loopSpans, readingAt, readingsOf } from './spans';

const TAKES = new Set(['read', 'readv', 'recv', 'recvfrom', 'recvmsg', 'recvmmsg', 'accept', 'accept4']);

/** A wait in epoll_pwait ends this much after what ends it, at most, on a machine that is not overloaded; ns. */
const WAKE = 200e3;
/** Events between ready and callback beyond which the program's own are not looked through. */
const FAR = 20_000;

/** When what a step took from the kernel was ready; null for a step that took nothing, or something of which nobody knows. */
export function readyWait(trace: TraceReader, seq: number): ReadyWait | null {
  if (seq < 1 || seq > trace.size) return null;
  const call = trace.call(seq);
  if (!(call !== null && TAKES.has(call)) && trace.api(seq) !== 'end of file') return null;
  if (trace.error(seq) !== null) return null;
  const ready = readyBy(trace, seq);
  return ready && { ready: ready.seq, ran: seq, by: ready.by, wait: trace.time(seq) - trace.time(ready.seq) };
}

/** The same, with what the event loop did in the meantime. */
export function callbackWait(trace: TraceReader, seq: number): CallbackWait | null {
  const found = readyWait(trace, seq);
  if (found === null) return null;
  const own = trace.loops.filter(({ process }) => process === trace.processIndex(seq));
  const loop = loopOf(own, seq);
  const spans = loop ? loopSpans(trace, loop, found.ready, seq) : [];
  const last = loop ? readingsOf(trace, loop) : 0;
  // Behind the last reading it is still the same turn.
  const tail = last > 0 ? loop!.to[last - 1]! : seq;
  if (tail < seq) spans.push({ from: tail, to: seq, start: trace.time(tail), end: trace.time(seq), waited: 0, turns: 0, resumed: false });
  const quiet = own.length > 1 || seq - found.ready > FAR ? null : quietPart(trace, found.ready, seq);
  return {
    ...found,
    busy: spans.length > 0 ? busyBetween(trace, spans, found.ready, seq) : null,
    quiet,
    oneTurn: quiet !== null && quiet.from > 0 && spans.some((one) => one.turns === 0 && one.from <= quiet.from && one.to >= quiet.to),
  };
}

/**
 * A span of which only the total is known, in two where something that was taken at its end was ready within it: that would have ended a wait
 * at once, so the loop waited before, and was busy from there on.
 */
export function splitAtReady(trace: TraceReader, span: LoopSpan): LoopSpan[] {
  const ready = readyWait(trace, span.to)?.ready ?? 0;
  if (ready <= span.from) return [span];
  const middle = trace.time(ready);
  if (!waitedBefore(span, middle - span.start, span.end - middle)) return [span];
  const waited = Math.min(span.waited, middle - span.start);
  return [
    { ...span, to: ready, end: middle, waited },
    { from: ready, to: span.to, start: middle, end: span.end, waited: 0, turns: 0, resumed: false, hadWork: true },
  ];
}

/** Whether all that the loop waited in a span lies in its first `before` ns, given that something was ready for it in the `part` ns after that. */
function waitedBefore({ turns, resumed, waited }: LoopSpan, before: number, part: number): boolean {
  return before > 0 && turns > 0 && (turns === 1 || !resumed) && waited - before <= Math.max(WAKE, part * 0.05);
}

/** The first step by which something of what `seq` took was ready. */
function readyBy(trace: TraceReader, seq: number): { seq: number; by: 'peer' | 'kernel' } | null {
  let first = 0;
  for (const link of trace.links(seq))
    if (link.to === seq && link.from < seq && link.kind !== 'reset' && (first === 0 || link.from < first)) first = link.from;
  if (first > 0) return { seq: first, by: 'peer' };
  // Nobody in the trace sent it: the kernel's own tables may have seen it wait.
  const events = trace.eventsOfSocket(trace.socketIndex(seq));
  let kernel = 0;
  for (let i = lowerBound(events, seq) - 1; i >= 0; i--) {
    const before = events[i]!;
    const kind = trace.kind(before);
    if (kind === 'kernel') {
      const args = trace.event(before).args;
      const waiting = trace.call(seq)?.startsWith('accept') ? args?.acceptQueue : args?.recvQueue;
      if (waiting === 0) break;
      if (typeof waiting === 'number') kernel = before;
    } else if (kind === 'call' && TAKES.has(trace.call(before) ?? '')) break;
  }
  return kernel > 0 ? { seq: kernel, by: 'kernel' } : null;
}

/** Of the loops of a process the one in which an event was recorded. */
function loopOf(own: readonly LoopReadings[], seq: number): LoopReadings | null {
  if (own.length <= 1) return own[0] ?? null;
  // Which thread has a socket the trace does not say, but an event at which a loop was read is one of its own.
  return own.find((loop) => loop.to[readingAt(loop, seq, loop.count)] === seq) ?? null;
}

/** How long the loop was busy between two events: at most what libuv did not count as waiting, at least where no wait can have been. */
function busyBetween(trace: TraceReader, spans: readonly LoopSpan[], ready: number, ran: number): { low: number; high: number } | null {
  const [from, to] = [trace.time(ready), trace.time(ran)];
  // The span that led to the turn in which it was taken.
  const led = spans.findLast((span) => span.turns > 0 && span.to <= ran);
  let [low, high, covered] = [0, 0, from];
  for (const span of spans) {
    if (span.end <= from || span.start >= to) continue;
    if (span.start > covered) return null;
    covered = Math.max(covered, span.end);
    const part = Math.min(span.end, to) - Math.max(span.start, from);
    const before = Math.max(0, from - span.start);
    high += Math.min(part, span.end - span.start - span.waited);
    if (span === led && waitedBefore(span, before, part)) low += Math.max(0, part - Math.max(0, span.waited - before));
    else if (span.waited === 0) low += part;
  }
  return covered < to ? null : { low: Math.min(low, high), high };
}

/** The longest stretch from `ready` to `ran` in which the process recorded nothing: the events at its ends. */
function quietPart(trace: TraceReader, ready: number, ran: number): { from: number; to: number } {
  const process = trace.processIndex(ran);
  let quiet = { from: 0, to: ran };
  let longest = -1;
  let last = 0;
  const look = (seq: number) => {
    const begin = Math.max(last === 0 ? 0 : trace.time(last), trace.time(ready));
    const length = trace.time(seq) - begin;
    if (length > longest) {
      longest = length;
      quiet = { from: last, to: seq };
    }
    last = seq;
  };
  // The last thing that it did before what it took later was ready.
  for (let seq = ready - 1; seq >= Math.max(1, ready - FAR); seq--)
    if (isOwn(trace, seq, process)) {
      last = seq;
      break;
    }
  for (let seq = ready; seq <= ran; seq++) if (seq === ran || isOwn(trace, seq, process)) look(seq);
  return quiet;
}

/** Whether this process did it, or got it from Node: not what is worked out, or asked of the kernel. */
function isOwn(trace: TraceReader, seq: number, process: number): boolean {
  if (trace.processIndex(seq) !== process) return false;
  const kind = trace.kind(seq);
  return kind !== 'state' && kind !== 'kernel';
}

function lowerBound(values: ArrayLike<number>, wanted: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
