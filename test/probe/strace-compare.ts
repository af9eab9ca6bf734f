/** Compares the calls of a trace with those that strace saw in the same run. */
import type { TraceReader } from '../../src/contracts/trace-model';
import { CLASSES, type SeenCall } from './strace-parse';

/** The calls of each process in a trace, in the words of the comparison. */
export function traceCalls(trace: TraceReader): Map<number, SeenCall[]> {
  const byProcess = new Map<number, SeenCall[]>(trace.processes.map(({ pid }) => [pid, []]));
  for (let seq = 1; seq <= trace.size; seq++) {
    const event = trace.event(seq);
    const call = event.kind === 'call' ? CLASSES[event.call ?? ''] : undefined;
    if (call === undefined || event.error === 'EAGAIN') continue;
    // libuv wrote a rest in one call or several, and the trace does not claim to know: only their sum is compared.
    const sumOnly = event.args?.atLeastOneCall === true && event.error === null;
    const option = typeof event.args?.option === 'string' ? ` ${event.args.option}` : '';
    byProcess
      .get(event.pid)!
      .push({ call: call + option, fd: event.fd, result: sumOnly ? `sum ${event.bytes}` : (event.error ?? String(event.result)) });
  }
  return byProcess;
}

export interface Comparison {
  /** Calls that strace saw, that the trace has, and that both have. */
  truth: number;
  shown: number;
  hits: number;
  missing: string[];
  extra: string[];
  /** Descriptors on which the same calls stand in another order. */
  disorder: string[];
}

const text = ({ call, fd, result }: SeenCall) => `${call}(${fd ?? ''}) = ${result}`;

/** Puts the calls that strace saw in the place of a sum, when they are exactly that sum; else the sum stays and is an extra. */
function expand(truth: readonly SeenCall[], shown: readonly SeenCall[]): SeenCall[] {
  const next = new Map<number | null, number>();
  const sends = (fd: number | null) => truth.filter((call) => call.fd === fd && call.call === 'send');
  return shown.flatMap((call) => {
    if (call.call !== 'send') return [call];
    const at = next.get(call.fd) ?? 0;
    if (!call.result.startsWith('sum ')) {
      next.set(call.fd, at + 1);
      return [call];
    }
    let left = Number(call.result.slice(4));
    const parts: SeenCall[] = [];
    for (const send of sends(call.fd).slice(at)) {
      if (left <= 0) break;
      left -= Number(send.result);
      parts.push(send);
    }
    next.set(call.fd, at + parts.length);
    return left === 0 ? parts : [call];
  });
}

/** Both sides as multisets, and in order on each descriptor. */
export function compare(truth: readonly SeenCall[], written: readonly SeenCall[]): Comparison {
  const shown = expand(truth, written);
  const left = new Map<string, number>();
  for (const call of truth) left.set(text(call), (left.get(text(call)) ?? 0) + 1);
  const extra: string[] = [];
  let hits = 0;
  for (const call of shown) {
    const count = left.get(text(call)) ?? 0;
    if (count === 0) {
      extra.push(text(call));
      continue;
    }
    left.set(text(call), count - 1);
    hits++;
  }
  const missing = [...left].flatMap(([call, count]) => Array.from({ length: count }, () => call));
  const disorder: string[] = [];
  const order = (calls: readonly SeenCall[], fd: number) => calls.filter((call) => call.fd === fd).map(text);
  for (const fd of new Set(truth.map((call) => call.fd))) {
    if (fd === null) continue;
    const [a, b] = [order(truth, fd), order(shown, fd)];
    if (a.join('\n') !== b.join('\n') && [...a].sort().join('\n') === [...b].sort().join('\n'))
      disorder.push(`fd ${fd}: strace ${a.join('; ')} but trace ${b.join('; ')}`);
  }
  return { truth: truth.length, shown: shown.length, hits, missing, extra, disorder };
}

/** The sum of several comparisons. */
export function sum(comparisons: readonly Comparison[]): Comparison {
  return comparisons.reduce(
    (a, b) => ({
      truth: a.truth + b.truth,
      shown: a.shown + b.shown,
      hits: a.hits + b.hits,
      missing: [...a.missing, ...b.missing],
      extra: [...a.extra, ...b.extra],
      disorder: [...a.disorder, ...b.disorder],
    }),
    { truth: 0, shown: 0, hits: 0, missing: [], extra: [], disorder: [] },
  );
}
