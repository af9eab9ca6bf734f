import type { Replacements } from './wrap';

/**
 * Takes the probe's frames out of the stack of an error that nobody catches, just before Node (or an 'uncaughtException'
 * listener) looks at it: what a crash prints is then what it prints untraced.
 */
export function hookFatalStacks(scriptName: string, replacements: Replacements): void {
  const mine = `(${scriptName}:`;
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

function cleanStack(error: unknown, mine: string): void {
  if (typeof error !== 'object' || error === null) return;
  const descriptor = Object.getOwnPropertyDescriptor(error, 'stack');
  // V8's own: a writable value, or (from Node 23 on) a native accessor. A getter of the program is not run.
  if (descriptor === undefined || !(descriptor.writable === true || isNative(descriptor.set))) return;
  const { stack } = error as { stack?: unknown };
  if (typeof stack !== 'string' || !stack.includes(mine)) return;
  (error as { stack: string }).stack = stack
    .split('\n')
    .filter((line) => !line.includes(mine))
    .join('\n');
}

const isNative = (set: unknown): boolean => typeof set === 'function' && Function.prototype.toString.call(set).includes('[native code]');
