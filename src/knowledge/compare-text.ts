/** How two runs differ, in words. */
import type { Comparison, Difference } from '../contracts/compare';
import type { TraceEvent } from '../contracts/trace';
import type { TraceReader } from '../contracts/trace-model';
import { formatFault } from './fault-words';

/** What is said of one difference. */
export interface CompareText {
  /** One sentence without a subject of its own: "run 2 read 3 + 8 bytes where run 1 read 11". */
  what: string;
  /** `server.mjs, s3 in run 1, s4 in run 2`: whose it is. */
  where: string;
  /** What it means; '' when the sentence says it all. */
  why: string;
}

/** Pieces that are listed before the rest is counted. */
const MOST_PIECES = 6;
/** Characters of bytes that are shown. */
const MOST_TEXT = 24;

export function compareText(a: TraceReader, b: TraceReader, comparison: Comparison, difference: Difference): CompareText {
  return { what: whatOf(a, b, comparison, difference), where: whereOf(a, b, comparison, difference), why: whyOf(difference) };
}

/** The outcome of a comparison as a sentence. */
export function compareSummary({ differences, incomplete }: Comparison): string {
  const caution =
    incomplete.length === 0
      ? ''
      : ` Calls of ${incomplete.map((which) => (which === 'a' ? 'run 1' : 'run 2')).join(' and ')} were left out, so what seems missing there may have happened.`;
  if (differences.length === 0)
    return `Both runs did the same: the same calls with the same results on every socket, and the same bytes in the same pieces.${caution}`;
  return `${differences.length === 1 ? 'One difference' : `${differences.length} differences`}; the first one is where the runs part.${caution}`;
}

function whatOf(a: TraceReader, b: TraceReader, comparison: Comparison, one: Difference): string {
  switch (one.kind) {
    case 'process':
      return one.a.length > 0 ? 'only run 1 started this program' : 'only run 2 started this program';
    case 'exit': {
      const pair = comparison.processes[one.process]!;
      return `run 2 ${ending(b, pair.b)} where run 1 ${ending(a, pair.a)}`;
    }
    case 'connection':
      return one.a.length > 0
        ? `run 2 lacks a connection${toWhom(a, comparison, one)}`
        : `run 2 has one more connection${toWhom(b, comparison, one)}`;
    case 'socket':
      return one.a.length > 0
        ? `run 2 has no ${socketNoun(a, comparison.sockets[one.socket]!.a)} here`
        : `only run 2 has this ${socketNoun(b, comparison.sockets[one.socket]!.b)}`;
    case 'cut':
    case 'bytes':
      return moved(a, b, one);
    case 'result':
      return result(a, b, one);
    case 'calls':
    case 'events':
      return calls(a, b, one);
    case 'fault':
      return one.b.length > 0 ? `in run 2 a fault was put in: ${fault(b, one.b)}` : `in run 1 a fault was put in: ${fault(a, one.a)}`;
    case 'finish':
      return one.firstA === 'own'
        ? 'run 1 closed first; in run 2 the other end did'
        : 'in run 1 the other end closed first; run 2 closed first itself';
    default:
      return assertNever(one.kind);
  }
}

function whyOf({ kind, direction, injectedA, injectedB, a, b }: Difference): string {
  switch (kind) {
    case 'cut':
      return injectedA || injectedB
        ? 'The same bytes: a fault cut them, as TCP may at any time. A program must not count on where a read ends.'
        : direction === 'in'
          ? 'The same bytes in other pieces: TCP is a stream and keeps no borders between messages. How a read is cut is a matter of time.'
          : 'The same bytes, handed to the kernel in other pieces.';
    case 'finish':
      return 'The end that sends its FIN first is the one that waits in TIME_WAIT.';
    case 'calls':
      return a.length > 0 && b.length > 0 ? '' : 'What follows on this socket may follow from it.';
    default:
      return '';
  }
}

function whereOf(a: TraceReader, b: TraceReader, comparison: Comparison, one: Difference): string {
  const process = comparison.processes[one.process];
  const name = process === undefined ? '' : programOf(process.a >= 0 ? a : b, process.a >= 0 ? process.a : process.b);
  const pair = comparison.sockets[one.socket];
  if (pair === undefined) return name;
  const [idA, idB] = [a.sockets[pair.a]?.id, b.sockets[pair.b]?.id];
  const socket =
    idA === idB
      ? `${idA}`
      : idA === undefined
        ? `${idB} in run 2`
        : idB === undefined
          ? `${idA} in run 1`
          : `${idA} in run 1, ${idB} in run 2`;
  return `${name} ${socket}`;
}

const programOf = (trace: TraceReader, index: number) => trace.processes[index]?.program.split(/[\\/]/).at(-1) || '?';

function ending(trace: TraceReader, index: number): string {
  const exit = trace.processes[index]?.exit ?? null;
  if (exit === null) return 'still ran when its trace ended';
  if (exit.signal !== null) return `was killed by ${exit.signal}`;
  return exit.code === null ? 'ended, nothing says how' : `ended with code ${exit.code}`;
}

function toWhom(trace: TraceReader, comparison: Comparison, one: Difference): string {
  const pair = comparison.sockets[one.socket]!;
  const info = trace.sockets[trace === undefined ? -1 : one.a.length > 0 ? pair.a : pair.b]!;
  const other = trace.sockets.find(({ id }) => id === info.peer);
  const name = (pid: number) =>
    programOf(
      trace,
      trace.processes.findIndex((process) => process.pid === pid),
    );
  if (other !== undefined) return info.role === 'accepted' ? ` from ${name(other.pid)}` : ` to ${name(other.pid)}`;
  return '';
}

function socketNoun(trace: TraceReader, index: number): string {
  switch (trace.sockets[index]?.role) {
    case 'listener':
      return 'listener';
    case 'accepted':
      return 'accepted socket';
    case 'client':
      return 'client socket';
    case 'datagram':
      return 'datagram socket';
    default:
      return 'socket';
  }
}

function moved(a: TraceReader, b: TraceReader, one: Difference): string {
  const out = one.direction === 'out';
  const udp = one.a[0] !== undefined ? isDatagram(a, one.a[0]) : one.b[0] !== undefined && isDatagram(b, one.b[0]);
  const verb = udp ? (out ? 'sent' : 'received') : out ? 'wrote' : 'read';
  const did = (injected: boolean) => (injected ? 'was given' : verb);
  if (one.sizesA.length === 0) return `run 2 ${did(one.injectedB)} ${pieces(one.sizesB)} more${shown(b, one.b)}`;
  if (one.sizesB.length === 0) return `run 1 ${did(one.injectedA)} ${pieces(one.sizesA)} more${shown(a, one.a)}; run 2 did not`;
  const [sumA, sumB] = [one.sizesA, one.sizesB].map((sizes) => sizes.reduce((all, size) => all + size, 0));
  if (one.kind === 'bytes' && sumA === sumB && one.sizesA.length === one.sizesB.length) {
    const [textA, textB] = otherText(a, b, one);
    return `run 2 ${verb} ${textB || 'other bytes'} where run 1 ${verb} ${textA || 'others'} (${pieces(one.sizesB)} in both)`;
  }
  return `run 2 ${did(one.injectedB)} ${pieces(one.sizesB)} where run 1 ${did(one.injectedA)} ${pieces(one.sizesA, true)}`;
}

const isDatagram = (trace: TraceReader, seq: number) => trace.sockets[trace.socketIndex(seq)]?.protocol.startsWith('udp') === true;

/** `3 + 8 bytes`; long lists are counted. */
function pieces(sizes: readonly number[], bare = false): string {
  const word = bare ? '' : sizes.length === 1 && sizes[0] === 1 ? ' byte' : ' bytes';
  if (sizes.length <= MOST_PIECES) return `${sizes.join(' + ')}${word}`;
  const total = sizes.reduce((all, size) => all + size, 0);
  return `${total}${word} in ${sizes.length} pieces (${sizes.slice(0, 3).join(' + ')} + ...)`;
}

const shown = (trace: TraceReader, seqs: readonly number[]) => {
  const text = seqs.length === 1 ? quoted(trace.payload(seqs[0]!)) : '';
  return text === '' ? '' : `: ${text}`;
};

/** The first piece of each run that is not the same. */
function otherText(a: TraceReader, b: TraceReader, one: Difference): [string, string] {
  for (const [n, seq] of one.a.entries()) {
    const [x, y] = [a.payload(seq), b.payload(one.b[n]!)];
    if (x === null || y === null) continue;
    let at = 0;
    while (at < x.length && at < y.length && x[at] === y[at]) at++;
    if (at === x.length && at === y.length) continue;
    const from = Math.max(0, at - 8);
    return [quoted(x.subarray(from), from > 0), quoted(y.subarray(from), from > 0)];
  }
  return ['', ''];
}

/** The beginning of some bytes as text between quotation marks; what is no printable character as `\xNN`. */
function quoted(bytes: Uint8Array | null, cut = false): string {
  if (bytes === null || bytes.length === 0) return '';
  let text = '';
  const most = Math.min(bytes.length, MOST_TEXT);
  for (let i = 0; i < most; i++) {
    const byte = bytes[i]!;
    if (byte === 10) text += '\\n';
    else if (byte === 13) text += '\\r';
    else text += byte >= 32 && byte < 127 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return `"${cut ? '...' : ''}${text}${bytes.length > most ? '...' : ''}"`;
}

function result(a: TraceReader, b: TraceReader, one: Difference): string {
  const [eventA, eventB] = [a.event(one.a[0]!), b.event(one.b[0]!)];
  const [didA, didB] = [outcome(eventA), outcome(eventB)];
  return didA === didB ? `${eventB.call ?? eventB.api} was called with other arguments in run 2` : `run 2 ${didB} where run 1 ${didA}`;
}

/** What a call came to, as a verb. */
function outcome({ call, error, args }: TraceEvent): string {
  if (call === 'getsockopt' && args?.option === 'SO_ERROR') {
    const { value } = args;
    return value === 0 || value === '0' ? 'connected' : `got ${typeof value === 'string' ? value : `error ${value}`} from connect`;
  }
  if (error !== null && error !== 'EINPROGRESS') return `got ${error} from ${call}`;
  if (call === 'connect') return `connected to ${args?.address ?? 'the path'}`;
  if (call === 'bind') return `bound to ${args?.address ?? 'the path'}`;
  if (call === 'listen') return `listened with a backlog of ${args?.backlog}`;
  if (call === 'close')
    return typeof args?.cause === 'string'
      ? `left the socket open until ${CAUSE[args.cause] ?? args.cause}`
      : args?.linger
        ? 'reset the connection'
        : 'closed the socket';
  if (call === 'setsockopt') return `set ${args?.option} to ${JSON.stringify(args?.value ?? null)}`;
  return `called ${call}`;
}

const CAUSE: Record<string, string> = { 'process ended': 'the process ended', 'worker ended': 'the worker ended' };

function calls(a: TraceReader, b: TraceReader, one: Difference): string {
  const [listA, listB] = [names(a, one.a), names(b, one.b)];
  if (listA === '') return `run 2 also had ${listB}`;
  if (listB === '') return `run 1 also had ${listA}; run 2 did not`;
  return listA === listB ? `run 2 had ${listB} with other results` : `run 2 had ${listB} where run 1 had ${listA}`;
}

/** `shutdown, close`, in order, each name once in a row with its count. */
function names(trace: TraceReader, seqs: readonly number[]): string {
  const found: { name: string; count: number }[] = [];
  for (const seq of seqs) {
    const name = nameOf(trace.event(seq));
    const last = found.at(-1);
    if (last?.name === name) last.count++;
    else found.push({ name, count: 1 });
  }
  const listed = found.slice(0, MOST_PIECES).map(({ name, count }) => (count === 1 ? name : `${count} times ${name}`));
  if (found.length > MOST_PIECES) listed.push(`${found.length - MOST_PIECES} more`);
  return listed.join(', ');
}

function nameOf({ kind, call, api, bytes, error, args }: TraceEvent): string {
  if (kind === 'call') {
    if (error !== null && error !== 'EINPROGRESS') return `${call} with ${error}`;
    if (call === 'read' && bytes === 0) return 'the end of file';
    return call === 'getsockopt' && args?.option === 'SO_ERROR' && args.value !== 0 ? `${args.value} from connect` : `${call}`;
  }
  if (api === 'end of file') return 'the end of file';
  const returned = args?.returned === undefined ? '' : ` that returned ${args.returned}`;
  return `${api}${returned}${error === null ? '' : ` with ${error}`}`;
}

const fault = (trace: TraceReader, seqs: readonly number[]) =>
  `${formatFault(trace.event(seqs[0]!))}${seqs.length > 1 ? `, and ${seqs.length - 1} more` : ''}`;

function assertNever(value: never): string {
  return String(value);
}
