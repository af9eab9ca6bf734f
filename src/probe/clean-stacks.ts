import type { Replacements } from './wrap';

/**
 * Takes the probe's frames out of the stack of an error that nobody catches, just before Node (or an 'uncaughtException'
 * listener) looks at it: what a crash prints is then what it prints untraced.
 */
export function hookFatalStacks(scriptNames: readonly string[], replacements: Replacements): void {
  const mine = scriptNames.map((name) => `(${name}:`);
  replacements.method(
    process,
    '_fatalException',
    (original) =>
      function (this: unknown, ...args: unknown[]) {
        try {
          cleanStack(args[0], mine);
        } catch {
          // A frozen error or a getter that throws keeps its stack.
        }
        return Reflect.apply(original, this, args);
      },
  );
}

function cleanStack(error: unknown, mine: readonly string[]): void {
  const isMine = (text: string) => mine.some((name) => text.includes(name));
  if (typeof error !== 'object' || error === null) return;
  const descriptor = Object.getOwnPropertyDescriptor(error, 'stack');
  // V8's own: a writable value, or (from Node 23 on) a native accessor. A getter of the program is not run.
  if (descriptor === undefined || !(descriptor.writable === true || isNative(descriptor.set))) return;
  const { stack } = error as { stack?: unknown };
  if (typeof stack !== 'string' || !isMine(stack)) return;
  (error as { stack: string }).stack = stack
    .split('\n')
    .filter((line) => !isMine(line))
    .join('\n');
}

const isNative = (set: unknown): boolean => typeof set === 'function' && Function.prototype.toString.call(set).includes('[native code]');
