import type { Site, TraceEvent } from '../contracts/trace';
import type { TraceReader } from '../contracts/trace-model';

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Bytes as base64 (RFC 4648 section 4). */
export function base64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const a = bytes[i]!;
    const b = bytes[i + 1];
    const c = bytes[i + 2];
    text += DIGITS[a >> 2]! + DIGITS[((a & 3) << 4) | ((b ?? 0) >> 4)]!;
    text += b === undefined ? '=' : DIGITS[((b & 15) << 2) | ((c ?? 0) >> 6)]!;
    text += c === undefined ? '=' : DIGITS[c & 63]!;
  }
  return text;
}

/** `file` relative to `cwd` when it is inside it, as it is otherwise. Either separator. */
export function relativeTo(cwd: string, file: string): string {
  const inside = file.startsWith(cwd) ? file.slice(cwd.length) : null;
  if (inside === null || cwd === '') return file;
  if (cwd.endsWith('/') || cwd.endsWith('\\')) return inside;
  return inside.startsWith('/') || inside.startsWith('\\') ? inside.slice(1) : file;
}

function siteOf(cwd: string, site: Site | null): Site | null {
  if (site === null) return null;
  const { line, column, cause } = site;
  return { file: relativeTo(cwd, site.file), line, column, ...(cause ? { cause } : {}) };
}

/** One event as a line; what most events do not have comes last and only when it is there. */
function eventLine(cwd: string, event: TraceEvent): string {
  const { seq, t, pid, socket, fd, kind, call, api, args, result, error, bytes, provenance, state } = event;
  return `${JSON.stringify({
    seq,
    t,
    pid,
    socket,
    fd,
    kind,
    call,
    api,
    args,
    result,
    error,
    bytes,
    provenance,
    site: siteOf(cwd, event.site),
    state,
    ...(event.buffer ? { buffer: event.buffer } : {}),
    ...(event.local ? { local: event.local } : {}),
    ...(event.remote ? { remote: event.remote } : {}),
    ...(event.payload ? { payload: base64(event.payload) } : {}),
  })}\n`;
}

/**
 * The trace as lines of JSON (each ends in a newline): first the header, then one event a line, in order of `seq`. Program
 * and site names are relative to the header's `cwd`; a payload is base64.
 */
export function* exportJson(trace: TraceReader): Iterable<string> {
  const { socketscope, platform, processes, dropped, cwd, began, notices, ...more } = trace.header;
  yield `${JSON.stringify({
    socketscope,
    platform,
    processes: processes.map(({ pid, program, node, uv, exit, ...rest }) => ({ pid, program, node, uv, exit, ...rest })),
    dropped,
    cwd,
    began,
    notices,
    ...more,
  })}\n`;
  for (let seq = 1; seq <= trace.size; seq++) yield eventLine(cwd, trace.event(seq));
}
