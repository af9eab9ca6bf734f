/** Compares the calls of a trace with those that strace saw in the same run. */
import type { TraceReader } from '../../src/contracts/trace-model';
import { byteTotals, CLASSES, MAIN, type Moved, type SeenCall } from './strace-parse';

/** What is compared of one process. */
export interface ProcessView {
  calls: SeenCall[];
  /** Bytes per socket and direction, `19 in 5`, directions without bytes left out. */
  bytes: string[];
}

/** Each process of a trace, in the words of the comparison. */
export function traceView(trace: TraceReader): Map<number, ProcessView> {
  const byProcess = new Map<number, ProcessView>(trace.processes.map(({ pid }) => [pid, { calls: [], bytes: [] }]));
  const sockets = new Map<string, Moved & { pid: number }>();
  for (let seq = 1; seq <= trace.size; seq++) {
    const event = trace.event(seq);
    if (event.socket !== null) {
      const known = sockets.get(event.socket);
      const socket = known ?? { pid: event.pid, fd: -1, in: 0, out: 0 };
      if (known === undefined) sockets.set(event.socket, socket);
      if (socket.fd < 0 && event.fd !== null) socket.fd = event.fd;
      // What C++ moved below JavaScript is known in total only.
      if (event.api === 'not visible here') {
        socket.in += Number(event.args?.bytesRead ?? 0);
        socket.out += Number(event.args?.bytesWritten ?? 0);
      }
      const moved = event.kind === 'call' && event.error === null ? Math.max(0, event.bytes ?? 0) : 0;
      if (CLASSES[event.call ?? ''] === 'recv') socket.in += moved;
      if (CLASSES[event.call ?? ''] === 'send') socket.out += moved;
    }
    const call = event.kind === 'call' ? CLASSES[event.call ?? ''] : undefined;
    if (call === undefined || event.error === 'EAGAIN') continue;
    // Closed by the kernel with the process: no system call.
    if (event.args?.cause === 'process ended') continue;
    // Written in one call or several, and the trace does not claim to know: only their sum is compared.
    const sumOnly = event.args?.atLeastOneCall === true && event.error === null;
    const option = typeof event.args?.option === 'string' ? ` ${event.args.option}` : '';
    // Short: libuv tried twice at once, and the number is what both took (see severalOf in knowledge/explain.ts).
    const isShort = call === 'send' && event.result !== null && event.result > 0 && event.result < Number(event.args?.length);
    byProcess.get(event.pid)!.calls.push({
      call: call + option,
      fd: event.fd,
      ...(isShort ? { short: true } : {}),
      result: sumOnly ? `sum ${event.bytes}` : (event.error ?? String(event.result)),
    });
  }
  for (const [pid, view] of byProcess) view.bytes = byteTotals([...sockets.values()].filter((socket) => socket.pid === pid));
  return byProcess;
}

export interface Comparison {
  /** Main calls (socket, bind, listen, accept, connect, send, recv, shutdown, close) that strace saw, that the trace has, that both have. */
  truth: number;
  shown: number;
  hits: number;
  /** Of these, calls that the trace has only as a part of a sum: "one call or several". */
  inSums: number;
  /** Sums of bytes per socket and direction: of strace, and those of them that the trace has exactly. */
  sums: number;
  sumHits: number;
  /** All calls, also options, and sums. */
  missing: string[];
  extra: string[];
  /** Descriptors on which the same calls stand in another order. */
  disorder: string[];
}

const text = ({ call, fd, result }: SeenCall) => `${call}(${fd ?? ''}) = ${result}`;

/** Puts the calls that strace saw in the place of a sum, when they are exactly that sum; else the sum stays and is an extra. */
function expand(truth: readonly SeenCall[], shown: readonly SeenCall[]): { calls: SeenCall[]; inSums: number } {
  let inSums = 0;
  const next = new Map<number | null, number>();
  const sends = (fd: number | null) => truth.filter((call) => call.fd === fd && call.call === 'send');
  const calls = shown.flatMap((call) => {
    if (call.call !== 'send') return [call];
    const at = next.get(call.fd) ?? 0;
    if (!call.result.startsWith('sum ')) {
      const [one, two] = sends(call.fd).slice(at);
      const isTwo =
        call.short && one && two && one.result !== call.result && Number(one.result) + Number(two.result) === Number(call.result);
      next.set(call.fd, at + (isTwo ? 2 : 1));
      if (!isTwo) return [call];
      inSums += 2;
      return [one, two];
    }
    let left = Number(call.result.slice(4));
    const parts: SeenCall[] = [];
    for (const send of sends(call.fd).slice(at)) {
      if (left <= 0) break;
      left -= Number(send.result);
      parts.push(send);
    }
    next.set(call.fd, at + parts.length);
    if (left !== 0) return [call];
    if (parts.length > 1) inSums += parts.length;
    return parts;
  });
  return { calls, inSums };
}

/** A call whose descriptor the trace says it does not know: no claim that could be wrong, and missing from what it should show. */
const isUnnumbered = ({ call, fd, result }: SeenCall) => (call === 'socket' ? result === 'null' : fd === null);

/** What two multisets have in common, and what only one has. */
function match(truth: readonly string[], shown: readonly string[]): { both: string[]; missing: string[]; extra: string[] } {
  const left = new Map<string, number>();
  for (const item of truth) left.set(item, (left.get(item) ?? 0) + 1);
  const extra: string[] = [];
  const both: string[] = [];
  for (const item of shown) {
    const count = left.get(item) ?? 0;
    if (count > 0) left.set(item, count - 1);
    (count > 0 ? both : extra).push(item);
  }
  return { both, extra, missing: [...left].flatMap(([item, count]) => Array.from({ length: count }, () => item)) };
}

const EMPTY: ProcessView = { calls: [], bytes: [] };

/** Both sides as multisets, and in order on each descriptor. */
export function compare(truth: ProcessView = EMPTY, view: ProcessView = EMPTY): Comparison {
  const { calls: shown, inSums } = expand(
    truth.calls,
    view.calls.filter((call) => !isUnnumbered(call)),
  );
  const calls = match(truth.calls.map(text), shown.map(text));
  const sums = match(truth.bytes, view.bytes);
  const main = (list: readonly SeenCall[]) => list.filter(({ call }) => MAIN.has(call)).length;
  const disorder: string[] = [];
  const order = (list: readonly SeenCall[], fd: number) => list.filter((call) => call.fd === fd).map(text);
  for (const fd of new Set(truth.calls.map((call) => call.fd))) {
    if (fd === null) continue;
    const [a, b] = [order(truth.calls, fd), order(shown, fd)];
    if (a.join('\n') !== b.join('\n') && [...a].sort().join('\n') === [...b].sort().join('\n'))
      disorder.push(`fd ${fd}: strace ${a.join('; ')} but trace ${b.join('; ')}`);
  }
  return {
    truth: main(truth.calls),
    shown: main(shown),
    hits: calls.both.filter((call) => MAIN.has(/^\w+/.exec(call)![0])).length,
    inSums,
    sums: truth.bytes.length,
    sumHits: sums.both.length,
    missing: [...calls.missing, ...sums.missing],
    extra: [...calls.extra, ...sums.extra],
    disorder,
  };
}

/** The sum of several comparisons. */
export function sum(comparisons: readonly Comparison[]): Comparison {
  const none: Comparison = { truth: 0, shown: 0, hits: 0, inSums: 0, sums: 0, sumHits: 0, missing: [], extra: [], disorder: [] };
  return comparisons.reduce(
    (a, b) => ({
      truth: a.truth + b.truth,
      shown: a.shown + b.shown,
      hits: a.hits + b.hits,
      inSums: a.inSums + b.inSums,
      sums: a.sums + b.sums,
      sumHits: a.sumHits + b.sumHits,
      missing: [...a.missing, ...b.missing],
      extra: [...a.extra, ...b.extra],
      disorder: [...a.disorder, ...b.disorder],
    }),
    none,
  );
}
