import { isFormatting } from './call-sites';
import { markOwn } from './foreign-errors';
import { type AnyFunction, disguise, type Replacements } from './wrap';

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

/**
 * A program's own `Error.prepareStackTrace` gets the call sites without the probe's. The program reads back what it set; only Node, which
 * reads it while V8 formats a stack, gets the function that filters. `StackError`: see ownError.
 */
export function hookOwnStacks(scriptNames: readonly string[], StackError: ErrorConstructor, replacements: Replacements): void {
  const before = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  if (before !== undefined && !('value' in before)) return;
  let set: unknown = before?.value;
  let filtering: unknown = set;
  const filter = (prepare: AnyFunction): AnyFunction =>
    disguise(function (this: unknown, error: unknown, callSites: unknown) {
      const isMine = (site: NodeJS.CallSite): boolean => scriptNames.includes(site.getFileName() ?? '');
      const sites = Array.isArray(callSites) ? callSites.filter((site) => !isMine(site)) : callSites;
      if (Array.isArray(callSites) && callSites.length > 0 && isMine(callSites[0])) markOwn(error);
      return Reflect.apply(prepare, this, [error, sites]);
    }, prepare);
  try {
    replacements.define(Error, 'prepareStackTrace', {
      configurable: true,
      enumerable: before?.enumerable === true,
      get: () => (typeof set === 'function' && isFormatting(StackError) ? filtering : set),
      set(this: unknown, value: unknown) {
        // A class that extends Error gets a property of its own, as it would.
        if (this !== Error) {
          Object.defineProperty(this, 'prepareStackTrace', { value, writable: true, enumerable: true, configurable: true });
          return;
        }
        set = value;
        filtering = typeof value === 'function' ? filter(value as AnyFunction) : value;
      },
    });
  } catch {
    // Frozen: what the program sets is nothing then.
  }
}
