import { findSourceMap } from 'node:module';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StreamWriter } from './stream-writer';

const BaseError = Error;
const DEEP = 40;
/** The stack below: callStack, capture, Recorder.enter, the wrapper, and then its caller. */
const CALLER = 4;
const NODE_MODULES = `${sep}node_modules${sep}`;

let frames: NodeJS.CallSite[] = [];
const keepFrames = (_error: Error, callSites: NodeJS.CallSite[]): string => {
  frames = callSites;
  return '';
};

/** A stack of at most `limit` frames of the caller's callers, as V8's own objects (exact, and cheaper than the string). */
function callStack(limit: number): NodeJS.CallSite[] {
  const prepare = BaseError.prepareStackTrace;
  const saved = BaseError.stackTraceLimit;
  const own = prepare !== undefined || Object.hasOwn(BaseError, 'prepareStackTrace');
  BaseError.stackTraceLimit = limit;
  BaseError.prepareStackTrace = keepFrames;
  try {
    void new BaseError().stack;
  } finally {
    BaseError.stackTraceLimit = saved;
    if (own) BaseError.prepareStackTrace = prepare;
    else Reflect.deleteProperty(BaseError, 'prepareStackTrace');
  }
  return frames;
}

/** True when `Error` can be used to look at the stack (it cannot under --frozen-intrinsics). */
export function canCaptureSites(): boolean {
  try {
    return callStack(1).length === 1 && typeof frames[0]?.getPosition === 'function';
  } catch {
    return false;
  }
}

/** Where the current API call came from. */
export class CallSites {
  /** Results of the last `capture`. */
  site = 0;
  api = 0;
  isCause = false;
  private readonly files = new Map<string, Map<number, number>>();

  constructor(
    private readonly writer: StreamWriter,
    private readonly ownFiles: readonly string[],
  ) {}

  /**
   * Looks for the learner's frame above the wrapper that calls this (which calls it through Recorder.enter). `api` is the name of the
   * wrapped function; when Node itself called it, the name of the Node function that the learner called is used instead, and
   * when there is no learner's frame at all the result is none (0, 0): a site is never guessed.
   */
  capture(api: number): void {
    this.isCause = false;
    try {
      const caller = callStack(CALLER + 1)[CALLER];
      const file = caller?.getFileName();
      if (caller !== undefined && file && !this.isInternal(file) && !file.includes(NODE_MODULES)) {
        this.api = api;
        this.site = this.intern(file, caller);
        return;
      }
      this.deep(api);
    } catch {
      this.site = 0;
      this.api = 0;
    }
  }

  private deep(api: number): void {
    const stack = callStack(DEEP);
    let direct: number | undefined;
    let own: number | undefined;
    for (let i = CALLER; i < stack.length && own === undefined; i++) {
      const file = stack[i]?.getFileName();
      if (!file || this.isInternal(file)) continue;
      direct ??= i;
      if (!file.includes(NODE_MODULES)) own = i;
    }
    const index = own ?? direct;
    if (index === undefined || direct === undefined) {
      this.site = 0;
      this.api = 0;
      return;
    }
    const frame = stack[index] as NodeJS.CallSite;
    this.site = this.intern(frame.getFileName() as string, frame);
    // A package in between made the call; the learner's line caused it.
    this.isCause = index !== direct;
    this.api = direct === CALLER ? api : this.writer.string(apiName(stack[direct - 1] as NodeJS.CallSite));
  }

  private isInternal(file: string): boolean {
    return file.startsWith('node:') || this.ownFiles.includes(file);
  }

  private intern(file: string, frame: NodeJS.CallSite): number {
    const position = frame.getPosition();
    let positions = this.files.get(file);
    if (positions === undefined) {
      positions = new Map();
      this.files.set(file, positions);
    }
    const known = positions.get(position);
    if (known !== undefined) return known;
    const place = original(file, frame.getLineNumber() ?? 0, frame.getColumnNumber() ?? 0);
    const id = this.writer.site(place.file, place.line, place.column);
    positions.set(position, id);
    return id;
  }
}

const toPath = (file: string): string => (file.startsWith('file:') ? fileURLToPath(file) : file);

/** Through the source map that Node has for the file (--enable-source-maps, tsx), else as it is. */
function original(file: string, line: number, column: number): { file: string; line: number; column: number } {
  try {
    const entry = (findSourceMap(toPath(file)) ?? findSourceMap(file))?.findEntry(line - 1, column - 1);
    if (entry && 'originalSource' in entry && entry.originalSource) {
      return { file: toPath(entry.originalSource), line: entry.originalLine + 1, column: entry.originalColumn + 1 };
    }
  } catch {
    // A broken map is the same as none.
  }
  return { file: toPath(file), line, column };
}

const OBJECT_NAMES: Record<string, string> = {
  'node:net:Socket': 'socket',
  'node:net:Server': 'server',
  'node:dgram:Socket': 'socket',
  'node:_http_server:ServerResponse': 'response',
  'node:_http_outgoing:ServerResponse': 'response',
  'node:_http_outgoing:ClientRequest': 'request',
  'node:_http_client:ClientRequest': 'request',
};

/** `http.get`, `response.end`, `net.connect`: the Node function that the learner's line called, as they write it. */
function apiName(frame: NodeJS.CallSite): string {
  const file = frame.getFileName() ?? '';
  const type = frame.getTypeName() ?? '';
  const name = frame.getMethodName() ?? frame.getFunctionName()?.split('.').pop() ?? 'call';
  if (name === 'fetch') return 'fetch';
  const known = OBJECT_NAMES[`${file}:${type}`];
  if (known !== undefined) return `${known}.${name}`;
  const module = file.startsWith('node:') ? file.slice(5).replace(/^_(\w+?)_.*$/, '$1') : '';
  if (type === '' || type === 'Object' || type === 'undefined') return module.includes('/') || module === '' ? name : `${module}.${name}`;
  return `${type.charAt(0).toLowerCase()}${type.slice(1)}.${name}`;
}
