import { findSourceMap } from 'node:module';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
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
/** What VS Code's debugger preloads into a program: a file of its own folder. */
const DEBUGGER = /[\\/](ms-vscode\.)?js-debug[\\/].*bootloader/;
const TOOL_SITE = -1;

/** The same origin as the cause of something that Node did later; none stays none. */
export const asCause = (origin: Origin | null | undefined): Origin =>
  origin && origin.site !== 0 ? { api: origin.api, site: origin.site, isCause: true } : NO_ORIGIN;

const DEEP = 40;
/** Frames below: `enter` or `enterOften`, the wrapper, and then the wrapper's caller. */
const CALLER = 2;
const NODE_MODULES = `${sep}node_modules${sep}`;

const NO_FRAMES: NodeJS.CallSite[] = [];
let frames = NO_FRAMES;
const keepFrames = (_error: Error, callSites: NodeJS.CallSite[]): string => {
  frames = callSites;
  return '';
};

/**
 * An `Error` that is the probe's alone: that of another realm, where V8 finds `stackTraceLimit` and `prepareStackTrace` set once and
 * for all, while the frames are those of the running program. So the program's Error is never touched, and frozen intrinsics, a
 * replaced global Error or another prepareStackTrace do not come between. null where Node gives no such realm or no call sites.
 */
export function ownError(): ErrorConstructor | null {
  try {
    // Without the interceptors of a contextified object, where Node knows how (20.18, 22.8).
    const { DONT_CONTEXTIFY } = vm.constants as unknown as { DONT_CONTEXTIFY?: object };
    const own: ErrorConstructor = vm.runInContext(
      'Error',
      vm.createContext(DONT_CONTEXTIFY ?? Object.create(null), { name: 'socketscope' }),
    );
    own.stackTraceLimit = CALLER + 1;
    own.prepareStackTrace = keepFrames;
    frames = NO_FRAMES;
    void new own().stack;
    return typeof frames[0]?.getPosition === 'function' ? own : null;
  } catch {
    return null;
  }
}

/** Whether V8 is formatting a stack right now: then it calls nobody for another one (messages.cc, ErrorUtils::FormatStackTrace). */
export function isFormatting(StackError: ErrorConstructor): boolean {
  frames = NO_FRAMES;
  void new StackError().stack;
  return frames === NO_FRAMES;
}

/**
 * The API call that is running now, and where in the program it was made. Looks with V8's raw call sites: with few frames when
 * the program made the call itself (the usual case, 2-4 us), deeper when Node did.
 */
export class CallSites {
  current: Origin = NO_ORIGIN;
  private readonly files = new Map<string, Map<number, number>>();

  constructor(
    private readonly writer: StreamWriter,
    private readonly ownFiles: readonly string[],
    /** See ownError. null: stacks cannot be looked at; origins then have an api but no site. */
    private readonly StackError: ErrorConstructor | null,
    /** Whether the lines of calls that programs make very often are looked up. */
    readonly linesOften = true,
  ) {
    if (!linesOften) this.writer.notice('The lines of calls that send are not looked up here (socketscope.capture.callSites is off).');
    if (StackError === null)
      this.writer.notice('The lines of the program cannot be told here: Node does not let the probe look at stacks.');
  }

  /**
   * Starts an API call. Must be called by the wrapper itself, which hands the result to `leave` in a finally block. `api` is the
   * name of the wrapped function; when Node called it, the Node function that the program called gives the name. Without a frame
   * of the program the origin is none: a site is never guessed.
   */
  enter(api: number): Origin {
    const previous = this.current;
    const { StackError } = this;
    // Few frames and few variables here: V8 takes its time for each of both when it walks over optimized code.
    this.current = StackError === null ? { api, site: 0, isCause: false } : this.look(api, new StackError());
    return previous;
  }

  /** `enter` for the calls that programs make very often: with `linesOften` off they have the line of the call that runs already, or none. */
  enterOften(api: number): Origin {
    const previous = this.current;
    const { StackError } = this;
    if (StackError !== null && this.linesOften) {
      this.current = this.look(api, new StackError());
      return previous;
    }
    // The frames of the last look are not those of this call.
    frames = NO_FRAMES;
    if (previous.site === 0) this.current = { api, site: 0, isCause: false };
    return previous;
  }

  private look(api: number, here: Error): Origin {
    frames = NO_FRAMES;
    // Outside of `try`: an error of the program may come out here (see isForeign), and must go on unchanged.
    void here.stack;
    const caller = frames[CALLER];
    const file = caller?.getFileName();
    const isDirect = caller !== undefined && file && !this.isInternal(file) && !file.includes(NODE_MODULES);
    if (!isDirect) this.keepDeepFrames();
    try {
      return isDirect ? this.direct(api, file, caller) : this.deep(api);
    } catch {
      return NO_ORIGIN;
    }
  }

  /** Called by `look`, so that the first two frames are not for its readers. */
  private keepDeepFrames(): void {
    const StackError = this.StackError as ErrorConstructor;
    StackError.stackTraceLimit = DEEP;
    frames = NO_FRAMES;
    try {
      void new StackError().stack;
    } finally {
      StackError.stackTraceLimit = CALLER + 1;
    }
    frames = frames.slice(2);
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

  private direct(api: number, file: string, caller: NodeJS.CallSite): Origin {
    const site = this.intern(file, caller);
    return site === TOOL_SITE ? TOOL_ORIGIN : { api, site, isCause: false };
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
    const site = this.intern(frame.getFileName() as string, frame);
    if (site === TOOL_SITE) return TOOL_ORIGIN;
    return {
      api: direct === CALLER || awaits ? api : this.writer.string(apiName(stack[direct - 1] as NodeJS.CallSite)),
      site,
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
    if (DEBUGGER.test(file)) {
      positions.set(position, TOOL_SITE);
      return TOOL_SITE;
    }
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
