import type { Recorder } from './recorder';
import { type AnyFunction, findDescriptor, type Replacements } from './wrap';

/**
 * Says how the process ends, when it ends on its own terms, without a listener: a natural end and process.exit() read
 * `process.emit` while the process is marked as exiting; process.reallyExit() is the way past the 'exit' event. `before` is called first.
 */
export function hookProcessEnd(
  recorder: Pick<Recorder, 'on' | 'writer' | 'guarded'>,
  replacements: Replacements,
  before: () => void = () => {},
): void {
  let said = false;
  let taken = false;
  const say = (code: unknown) => {
    if (said || !recorder.on) return;
    said = true;
    before();
    recorder.writer.exit(typeof code === 'number' ? code : Number(code) || 0);
  };
  const ending = (emit: AnyFunction): AnyFunction => {
    if (taken || (process as unknown as { _exiting?: boolean })._exiting !== true) return emit;
    // The first look while exiting is Node's own, to emit 'exit'; a listener that looks sees the plain function.
    taken = true;
    return function (this: unknown, ...args: unknown[]) {
      const result = Reflect.apply(emit, this, args);
      // After the program's own 'exit' listeners, which may still write to sockets and change the code.
      if (args[0] === 'exit') recorder.guarded('exit', () => say(process.exitCode ?? args[1]));
      return result;
    };
  };
  const target = Object.getPrototypeOf(process);
  const parent = Object.getPrototypeOf(target) as { emit: AnyFunction } | null;
  if (typeof parent?.emit === 'function' && !Object.hasOwn(process, 'emit') && !Object.hasOwn(target, 'emit')) {
    replacements.define(target, 'emit', {
      configurable: true,
      enumerable: findDescriptor(parent, 'emit')?.enumerable === true,
      get() {
        // Looked up each time: node:domain and others replace it.
        const { emit } = parent;
        return ending(emit);
      },
      set(this: object, value: unknown) {
        // Tools put a function of their own there (tsx); what it calls in turn is the parent's, which it looked up before.
        let own = value;
        Object.defineProperty(this, 'emit', {
          configurable: true,
          enumerable: true,
          get: () => (typeof own === 'function' ? ending(own as AnyFunction) : own),
          set: (next: unknown) => {
            own = next;
          },
        });
      },
    });
  }
  replacements.method(
    process,
    'reallyExit',
    (original) =>
      function (this: unknown, ...args: unknown[]) {
        recorder.guarded('exit', () => say(args[0]));
        return Reflect.apply(original, this, args);
      },
  );
}
