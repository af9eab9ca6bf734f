/** How the probe's frames appear in stacks: the bundle ends in a sourceURL comment, so that they look like Node's own. */
export const OWN_FILES: readonly string[] = ['node:socketscope', __filename];

const FRAME = /^ +at .*?\(?((?:node:|file:|\/|[A-Za-z]:\\)[^()]*?):\d+:\d+\)?$/;

/** Errors made by the probe whose stack does not show it: a program's own `Error.prepareStackTrace` never gets the probe's frames. */
const made = new WeakSet<object>();

/** Says that V8 captured the error's stack in the probe's own code; for who takes the probe's frames out. */
export function markOwn(error: unknown): void {
  if (typeof error === 'object' && error !== null) made.add(error);
}

/**
 * True when an error that came out of the probe's code was not made there. C++ may call into JavaScript while an exception of the program
 * is pending (Node 20: OpenSSL's callbacks in a handshake), and V8 then throws that exception out of the next native function that
 * anybody calls. Who catches it must throw it again. Only to be used while `Error.prepareStackTrace` is the program's.
 */
export function isForeign(error: unknown): boolean {
  try {
    if (!(error instanceof Error)) return true;
    const stack: unknown = Reflect.get(error, 'stack');
    // Only now: reading the stack is what makes V8 format it.
    if (made.has(error)) return false;
    if (typeof stack !== 'string') return true;
    for (const line of stack.split('\n')) {
      const file = FRAME.exec(line)?.[1];
      if (file === undefined) continue;
      if (OWN_FILES.includes(file)) return false;
      if (!file.startsWith('node:')) return true;
    }
    return false;
  } catch {
    return true;
  }
}
