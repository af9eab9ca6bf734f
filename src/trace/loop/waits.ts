import type { TraceReader } from '../../contracts/trace-model';
import { overlap, socketIndexOf, streamTo } from '../bytes';

/** Something was ready for a process, and its callback came later. */
export interface LoopWait {
  /** The step by which it was ready (the write, connect or send of the other end), and the one at which the program got it. */
  ready: number;
  ran: number;
  /** ns between the two. */
  wait: number;
  /** The longest stretch of it in which this process did nothing that was recorded, ns since the trace began. */
  from: number;
  to: number;
}

const ACCEPTS = new Set(['accept', 'accept4']);
const RECEIVES = new Set(['recvmsg', 'recvfrom', 'recv']);

/**
 * How long bytes, datagrams and connections of traced peers were ready before the process took them, for waits of at least `least` ns, in order
 * of the step at which they were taken. Derived: while nothing at all is recorded of the process, its event loop is busy with something else, or
 * nobody reads; which of the two the trace does not say.
 */
export function loopWaits(trace: TraceReader, processIndex: number, least = 1e6): LoopWait[] {
  const pid = trace.processes[processIndex]?.pid;
  const times: number[] = [];
  for (let seq = 1; seq <= trace.size; seq++)
    if (trace.processIndex(seq) === processIndex && trace.kind(seq) !== 'state' && trace.kind(seq) !== 'kernel')
      times.push(trace.time(seq));
  const found: LoopWait[] = [];
  const add = (ready: number, ran: number) => {
    if (ready <= 0 || ready >= ran || trace.processIndex(ran) !== processIndex) return;
    const wait = trace.time(ran) - trace.time(ready);
    if (wait >= least) found.push({ ready, ran, wait, ...longestGap(times, trace.time(ready), trace.time(ran)) });
  };
  for (const [index, socket] of trace.sockets.entries()) {
    if (socket.pid !== pid) continue;
    if (socket.protocol.startsWith('udp')) {
      for (const seq of trace.eventsOfSocket(index))
        if (RECEIVES.has(trace.call(seq) ?? '')) for (const link of trace.links(seq)) if (link.to === seq) add(link.from, seq);
    } else if (socket.role === 'listener') {
      for (const seq of trace.eventsOfSocket(index)) {
        if (!ACCEPTS.has(trace.call(seq) ?? '')) continue;
        const accepted = trace.event(seq).args?.accepted;
        const peer = typeof accepted === 'string' ? trace.sockets[socketIndexOf(trace, accepted)]?.peer : null;
        const client = socketIndexOf(trace, peer);
        if (client >= 0) add(trace.eventsOfSocket(client).find((own) => trace.call(own) === 'connect') ?? 0, seq);
      }
    } else {
      const stream = streamTo(trace, index);
      for (let n = 0; n < stream.reads.seqs.length; n++) {
        const shared = overlap(stream.reads, n, stream.writes);
        if (shared) add(stream.writes.seqs[shared.first]!, stream.reads.seqs[n]!);
      }
    }
  }
  return found.sort((a, b) => a.ran - b.ran);
}

/** The longest stretch between two of `times` (ascending) within from..to. */
function longestGap(times: readonly number[], from: number, to: number): { from: number; to: number } {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! <= from) low = middle + 1;
    else high = middle;
  }
  let best = { from, to: from };
  let last = from;
  for (let i = low; i <= times.length && last < to; i++) {
    const next = Math.min(to, times[i] ?? to);
    if (next - last > best.to - best.from) best = { from: last, to: next };
    last = next;
  }
  return best;
}
