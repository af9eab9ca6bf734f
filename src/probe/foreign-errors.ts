/** How the probe's frames appear in stacks: the bundle ends in a sourceURL comment, so that they look like Node's own. */
export const OWN_FILES: readonly string[] = ['node:socketscope', __filename];

const FRAME = /^ +at .*?\(?((?:node:|file:|\/|[A-Za-z]:\\)[^()]*?):\d+:\d+\)?$/;

/**
 * True when an error that came out of the probe's code was not made there. C++ may call into JavaScript while an exception of the program
 * is pending (Node 20: OpenSSL's callbacks in a handshake), and V8 then throws that exception out of the next native function that
 * anybody calls. Who catches it must throw it again. Only to be used while `Error.prepareStackTrace` is the program's.
 */
export function isForeign(error: unknown): boolean {
  try {
    if (typeof error !== 'object' || error === null) return true;
    const stack: unknown = Reflect.get(error, 'stack');
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
