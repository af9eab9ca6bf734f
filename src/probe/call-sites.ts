import { findSourceMap } from 'node:module';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { apiName } from './api-names';
import type { StreamWriter } from './stream-writer';

/** The line of the program behind an operation, and the call there; 0 is none. `isCause`: the line did not make the call itself. */
export interface Origin {
  api: number;
  site: number;
  isCause: boolean;
}

export const NO_ORIGIN: Origin = Object.freeze({ api: 0, site: 0, isCause: false });

/** What a tool inside the program's process does for itself (tsx talks to its parent): not the program's, and not recorded. */
export const TOOL_ORIGIN: Origin = Object.freeze({ api: 0, site: 0, isCause: false });
const TOOLS = /[\\/]node_modules[\\/](tsx|esbuild)[\\/]/;

/** The same origin as the cause of something that Node did later; none stays none. */
export const asCause = (origin: Origin | null | undefined): Origin =>
  origin && origin.site !== 0 ? { api: origin.api, site: origin.site, isCause: true } : NO_ORIGIN;

const BaseError = Error;
const DEEP = 40;
/** Frames below: `enter`, the wrapper, and then the wrapper's caller. */
const CALLER = 2;
const NODE_MODULES = `${sep}node_modules${sep}`;

const NO_FRAMES: NodeJS.CallSite[] = [];
let frames = NO_FRAMES;
const keepFrames = (_error: Error, callSites: NodeJS.CallSite[]): string => {
  frames = callSites;
  return '';
};

/** True when `Error` can be used to look at the stack (it cannot under --frozen-intrinsics). */
export function canCaptureSites(): boolean {
  try {
    const prepare = BaseError.prepareStackTrace;
    const limit = BaseError.stackTraceLimit;
    BaseError.stackTraceLimit = 1;
    BaseError.prepareStackTrace = keepFrames;
    void new BaseError().stack;
    BaseError.stackTraceLimit = limit;
    if (prepare !== undefined) BaseError.prepareStackTrace = prepare;
    else Reflect.deleteProperty(BaseError, 'prepareStackTrace');
    return frames.length === 1 && typeof frames[0]?.getPosition === 'function';
  } catch {
    return false;
  }
}

/**
 * The API call that is running now, and where in the program it was made. Looks with V8's raw call sites: with few frames when
 * the program made the call itself (the usual case, 3-6 us), deeper when Node did.
 */
export class CallSites {
  current: Origin = NO_ORIGIN;
  private readonly files = new Map<string, Map<number, number>>();

  constructor(
    private readonly writer: StreamWriter,
    private readonly ownFiles: readonly string[],
    /** False: stacks cannot be looked at; origins then have an api but no site. */
    private canCapture: boolean,
  ) {
    if (!canCapture) this.giveUp();
  }

  private giveUp(): void {
    this.canCapture = false;
    this.writer.notice('The lines of the program cannot be told here: Node does not let the probe look at stacks (frozen intrinsics).');
  }

  /**
   * Starts an API call. Must be called by the wrapper itself, which hands the result to `leave` in a finally block. `api` is the
   * name of the wrapped function; when Node called it, the Node function that the program called gives the name. Without a frame
   * of the program the origin is none: a site is never guessed.
   */
  enter(api: number): Origin {
    const previous = this.current;
    if (!this.canCapture) {
      this.current = { api, site: 0, isCause: false };
      return previous;
    }
    const prepare = BaseError.prepareStackTrace;
    const limit = BaseError.stackTraceLimit;
    try {
      BaseError.stackTraceLimit = CALLER + 1;
      BaseError.prepareStackTrace = keepFrames;
    } catch {
      // Frozen in the meantime (it was the program's values that were frozen), or kept from being changed.
      this.giveUp();
      this.current = { api, site: 0, isCause: false };
      return previous;
    }
    // Where the program has put another Error in its place, nobody calls keepFrames: no line then, rather than the last one.
    frames = NO_FRAMES;
    let isDirect = false;
    // No catch: an error of the program may come out here (see isForeign), and must go on unchanged.
    try {
      void new BaseError().stack;
      const file = frames[CALLER]?.getFileName();
      isDirect = typeof file === 'string' && file !== '' && !this.isInternal(file) && !file.includes(NODE_MODULES);
      if (!isDirect) {
        BaseError.stackTraceLimit = DEEP;
        frames = NO_FRAMES;
        void new BaseError().stack;
      }
    } finally {
      BaseError.stackTraceLimit = limit;
      if (prepare !== undefined) BaseError.prepareStackTrace = prepare;
      else Reflect.deleteProperty(BaseError, 'prepareStackTrace');
    }
    try {
      if (!isDirect) this.current = this.deep(api);
      else {
        const caller = frames[CALLER] as NodeJS.CallSite;
        this.current = { api, site: this.intern(caller.getFileName() as string, caller), isCause: false };
      }
    } catch {
      this.current = NO_ORIGIN;
    }
    return previous;
  }

  leave(previous: Origin): void {
    this.current = previous;
  }

  /**
   * The functions of Node that made the running call, innermost first, as `file function`. Right after `enter`, and only when that found
   * no line of the program; else none.
   */
  nodeCallers(count: number): string[] {
    if (this.current.site !== 0 || frames.length <= CALLER) return [];
    return frames.slice(CALLER, CALLER + count).map((frame) => `${frame.getFileName()} ${frame.getFunctionName()}`);
  }

  /** Whether the function that made the running call, as `file function`, matches. Right after `enter`. */
  isCalledBy(pattern: RegExp): boolean {
    const caller = frames[CALLER];
    return caller !== undefined && pattern.test(`${caller.getFileName()} ${caller.getFunctionName()}`);
  }

  private deep(api: number): Origin {
    const stack = frames;
    let direct: number | undefined;
    let own: number | undefined;
    for (let i = CALLER; i < stack.length && own === undefined; i++) {
      const file = stack[i]?.getFileName();
      if (!file || this.isInternal(file)) continue;
      direct ??= i;
      if (!file.includes(NODE_MODULES)) own = i;
    }
    const index = own ?? direct;
    if (index === undefined || direct === undefined) return NO_ORIGIN;
    const frame = stack[index] as NodeJS.CallSite;
    if (own === undefined && TOOLS.test(frame.getFileName() as string)) return TOOL_ORIGIN;
    // A frame of the async stack waits (await, for await): it led here, and what stands below it is only the micro-task queue.
    const awaits = frame.isAsync();
    return {
      api: direct === CALLER || awaits ? api : this.writer.string(apiName(stack[direct - 1] as NodeJS.CallSite)),
      site: this.intern(frame.getFileName() as string, frame),
      // A package in between made the call; the program's line caused it.
      isCause: index !== direct || awaits,
    };
  }

  private isInternal(file: string): boolean {
    return file.startsWith('node:') || file.startsWith('wasm:') || this.ownFiles.includes(file);
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
