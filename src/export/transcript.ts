/** A trace as text: one line an event, in columns, at most 140 wide. */
import type { Provenance, SocketInfo, TraceEvent } from '../contracts/trace';
import type { TraceReader } from '../contracts/trace-model';
import { undeliveredNote } from '../knowledge/datagram-words';
import { kernelLine } from '../knowledge/explain-kernel';
import { formatFault } from '../knowledge/fault-words';
import { formatCall } from '../knowledge/syscalls/format-call';
import { clean } from './clean';
import { relativeTo } from './json';
import { noteOf } from './notes';

export interface TranscriptOptions {
  /** Up to this step; the whole trace when absent. */
  last?: number;
  /** Only events of this socket (and what it is accepted by). */
  socket?: string;
  colour?: boolean;
  /** At most about so many events: the first and the last ones, with a line that says how many are left out. */
  limit?: number;
}

/** Widest line. */
export const TRANSCRIPT_WIDTH = 140;

const MARK: Record<Provenance, string> = { observed: 'o', derived: 'd', kernel: 'k', model: 'm', injected: 'i' };
const LEGEND = [
  'o observed in Node or libuv   d derived: the system call that this stands for   k read from the kernel   m model   i injected fault',
  'file:line:column made the call; in (parentheses): led to it',
];

/** ECMA-48 SGR codes. */
const SGR = { dim: 2, red: 31, green: 32, yellow: 33, cyan: 36, bold: 1 } as const;
type Style = keyof typeof SGR;

/** The lines of the transcript: the programs, the legend, then an event a line. */
export function* transcript(trace: TraceReader, options: TranscriptOptions = {}): Iterable<string> {
  const paint = (style: Style, text: string) => (options.colour ? `\x1b[${SGR[style]}m${text}\x1b[0m` : text);
  const last = Math.min(options.last ?? trace.size, trace.size);
  const names = programNames(trace);
  const widths = {
    step: Math.max(4, String(last).length),
    time: 10,
    program: Math.min(16, Math.max(7, ...[...names.values()].map((name) => name.length))),
    socket: Math.max(6, `s${trace.sockets.length} ${widestFd(trace, last)}`.length),
  };
  const head = [
    'step'.padStart(widths.step),
    'time (ms)'.padStart(widths.time),
    'program'.padEnd(widths.program),
    'socket'.padEnd(widths.socket),
  ];
  yield* programs(trace);
  for (const line of LEGEND) yield paint('dim', line);
  yield paint('bold', `${head.join('  ')}    what happened`);
  const files = fileNames(trace);
  let previous = '';
  const left = last - (options.limit ?? last);
  const gap = left > 0 ? { from: Math.ceil((options.limit ?? 0) * 0.8) + 1, count: left } : null;
  for (let seq = 1; seq <= last; seq++) {
    if (gap !== null && seq === gap.from) {
      yield paint('bold', `... ${gap.count} events are left out here`);
      seq += gap.count;
    }
    const event = trace.event(seq);
    if (options.socket !== undefined && event.socket !== options.socket && event.args?.accepted !== options.socket) continue;
    const time = (event.t / 1e6).toFixed(3);
    const name = shorten(names.get(event.pid) ?? String(event.pid), widths.program);
    const cells = [
      String(seq).padStart(widths.step),
      // A moment is named once: what shares it happened as one.
      (time === previous ? '' : time).padStart(widths.time),
      name.padEnd(widths.program),
      (event.socket === null ? '' : `${event.socket}${event.fd === null ? '' : ` ${event.fd}`}`).padEnd(widths.socket),
      MARK[event.provenance],
    ];
    previous = time;
    const start = cells.join('  ');
    const site = event.site === null ? '' : `${files(event.site.file)}:${event.site.line}:${event.site.column}`;
    yield `${start} ${body(trace, event, TRANSCRIPT_WIDTH - start.length - 1, event.site?.cause ? `(${site})` : site, paint)}`;
  }
  yield* ending(trace, last);
}

/** What happened, a short note on it, and the line of the program at the right edge. */
function body(trace: TraceReader, event: TraceEvent, width: number, site: string, paint: (style: Style, text: string) => string): string {
  const whole = clean(site);
  const place = whole.length > 44 ? `...${whole.slice(-41)}` : whole;
  const room = width - (place === '' ? 0 : place.length + 2);
  let what = whatOf(event, 40);
  // The bytes give way, not the result.
  if (what.length > room) what = whatOf(event, Math.max(0, 40 - (what.length - room)));
  const fate = undeliveredNote(trace, event.seq);
  // Nor what became of a datagram.
  for (let bytes = 36; fate !== '' && bytes >= 0 && what.length + 2 + fate.length > room; bytes -= 4) what = whatOf(event, bytes);
  what = shorten(clean(what), room);
  const note = fate || noteOf(event, socketOf(trace, event.socket));
  const fits = note !== '' && what.length + 2 + note.length <= room;
  const plain = fits ? `${what}  ${note}` : what;
  const style: Style | null =
    event.error !== null && event.error !== 'EINPROGRESS'
      ? 'red'
      : event.kind === 'state'
        ? 'green'
        : event.kind === 'fault'
          ? 'yellow'
          : event.kind === 'api'
            ? 'cyan'
            : null;
  const shown = (style === null ? what : paint(style, what)) + (fits ? `  ${paint('dim', note)}` : '');
  return place === '' ? shown : `${shown}${' '.repeat(Math.max(2, width - plain.length - place.length))}${paint('dim', place)}`;
}

function whatOf(event: TraceEvent, width: number): string {
  switch (event.kind) {
    case 'call':
      return formatCall(event, width);
    case 'kernel':
      return event.call === null ? `  ${kernelLine(event)}` : formatCall(event, width);
    case 'fault':
      return `injected  ${formatFault(event)}`;
    case 'state':
      return `  ${event.state?.from ?? '?'} -> ${event.state?.to ?? '?'}${typeof event.args?.or === 'string' ? ` (or ${event.args.or})` : ''}`;
    case 'buffer':
      return `  ${event.bytes ?? '?'} bytes wait in ${BUFFER[event.buffer ?? ''] ?? event.buffer}`;
    case 'exit':
      return `exit: ${event.args?.signal ? `killed by ${event.args.signal}` : event.args?.code === null || event.args?.code === undefined ? 'how is not known' : `code ${event.args.code}`}`;
    default:
      if (event.api === 'end of file') return `end of file, by hang-up${event.args?.read === 'none' ? ' (no read call)' : ''}`;
      return `${event.api ?? event.call ?? event.kind}${apiDetail(event)}`;
  }
}

const BUFFER: Record<string, string> = {
  'stream-write': "the stream's write buffer",
  'libuv-write': "libuv's write queue",
  'kernel-send': "the kernel's send buffer",
  'kernel-receive': "the kernel's receive buffer",
  'stream-read': "the stream's read buffer",
  'accept-queue': 'the accept queue',
};

/** What is worth saying of a Node call or event. */
function apiDetail(event: TraceEvent): string {
  const parts: string[] = [];
  if (event.error !== null) parts.push(event.error);
  const refused = event.args?.refused;
  if (refused !== undefined) parts.push(`libuv refused ${refused === 'option' ? 'the option' : refused}, no system call was made`);
  for (const [key, value] of Object.entries(event.args ?? {})) {
    if (key === 'owner' || key === 'refused' || value === null || value === undefined || value === event.api || value === event.error)
      continue;
    if (key === 'returned') parts.push(`returned ${value}`);
    else if (key === 'event' || key === 'code' || key === 'message') parts.push(String(value));
    else parts.push(`${key} ${typeof value === 'object' ? JSON.stringify(value) : value}`);
  }
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}

/** `server.mjs`, or `server.mjs 41` when several processes run the same program. */
function programNames(trace: TraceReader): Map<number, string> {
  const count = new Map<string, number>();
  const short = (program: string) => clean(program.split(/[\\/]/).at(-1) || program);
  for (const { program } of trace.processes) count.set(short(program), (count.get(short(program)) ?? 0) + 1);
  return new Map(
    trace.processes.map(({ pid, program }) => [pid, count.get(short(program)) === 1 ? short(program) : `${short(program)} ${pid}`]),
  );
}

/** Short names of source files: without their folder unless two would look the same. */
function fileNames(trace: TraceReader): (file: string) => string {
  const byName = new Map<string, Set<string>>();
  const base = (file: string) => file.split(/[\\/]/).at(-1) || file;
  for (let id = 0; id < trace.siteCount; id++) {
    const { file } = trace.site(id);
    byName.set(base(file), (byName.get(base(file)) ?? new Set()).add(file));
  }
  return (file) => (byName.get(base(file))?.size === 1 ? base(file) : relativeTo(trace.header.cwd, file));
}

function* programs(trace: TraceReader): Iterable<string> {
  for (const { pid, program, node, uv } of trace.processes)
    yield `${clean(program)}  pid ${pid}  Node ${node}, libuv ${uv}, ${trace.header.platform}`;
}

function* ending(trace: TraceReader, last: number): Iterable<string> {
  if (last < trace.size) return;
  if (trace.size === 0) yield 'Nothing happened: no socket was used.';
  const waiting = trace.stateAt(last).sockets.filter(({ state, orState }) => state === 'TIME_WAIT' && orState === null);
  // RFC 9293 section 3.6.1 says four minutes; Linux waits 60 s (TCP_TIMEWAIT_LEN).
  if (waiting.length > 0)
    yield timeWaitNote(
      waiting.map(({ id }) => id),
      trace.header.platform,
    );
  for (const process of trace.processes) {
    if (process.exit === null) yield `${clean(process.program)} was still running when the trace ended.`;
    for (const notice of process.notices) yield clean(`${process.program}: ${notice}`);
  }
  for (const notice of trace.header.notices) yield clean(notice);
  if (trace.header.dropped > 0) yield `${trace.header.dropped} events are missing.`;
}

function timeWaitNote(ids: readonly string[], platform: string): string {
  const who = ids.length > 4 ? `${ids.length} sockets` : ids.join(', ');
  return `${who} in TIME_WAIT: the kernel keeps that for ${platform === 'linux' ? 'about 60 s' : 'a while'}; the run ended before.`;
}

function socketOf(trace: TraceReader, id: string | null): SocketInfo | null {
  return id === null ? null : (trace.sockets[Number(id.slice(1)) - 1] ?? null);
}

function widestFd(trace: TraceReader, last: number): string {
  let widest = '';
  for (let seq = 1; seq <= Math.min(last, 2000); seq++) {
    const { fd } = trace.event(seq);
    if (fd !== null && String(fd).length > widest.length) widest = String(fd);
  }
  return widest;
}

const shorten = (text: string, width: number) => (text.length <= width ? text : `${text.slice(0, Math.max(0, width - 3))}...`);
