import { asCause } from './call-sites';
import { type HandleState, OP } from './recorder';
import type { StreamContext } from './stream-hooks';
import { now } from './stream-writer';
import type { AnyFunction, AnyHandle, Replacements } from './wrap';

/** shutdown, close and reset of a stream handle. */
export function hookEnd(context: StreamContext, proto: AnyHandle, replacements: Replacements): void {
  const { recorder } = context;
  replacements.method(
    proto,
    'shutdown',
    (original) =>
      function (this: AnyHandle, req: AnyHandle) {
        const state = recorder.state(this);
        if (state === undefined || !recorder.on) return original.call(this, req);
        const origin = context.endOrigin(state, false);
        const done = req.oncomplete;
        if (typeof done === 'function') {
          req.oncomplete = function (this: AnyHandle, ...args: unknown[]) {
            recorder.guarded('shutdownDone', () => {
              recorder.op(OP.shutdownDone, now(), state, typeof args[0] === 'number' ? args[0] : 0, asCause(origin));
            });
            req.oncomplete = done;
            return Reflect.apply(done, this, args);
          };
        }
        const time = now();
        const result = original.call(this, req);
        recorder.guarded('shutdown', () => recorder.op(OP.shutdown, time, state, result, origin));
        return result;
      },
  );
  const closing = (op: number) => (original: AnyFunction) =>
    function (this: AnyHandle, ...args: unknown[]) {
      const state = recorder.state(this);
      if (state === undefined || !recorder.on || state.closed) return Reflect.apply(original, this, args);
      recorder.guarded('close', () => context.beforeClose?.(this));
      const time = now();
      const unseen = unseenBytes(context, this, state);
      const result = Reflect.apply(original, this, args);
      recorder.guarded('close', () => {
        state.closed = true;
        recorder.op(op, time, state, typeof result === 'number' ? result : 0, context.endOrigin(state, true), unseen);
      });
      return result;
    };
  replacements.method(proto, 'close', closing(OP.close));
  replacements.method(proto, 'reset', closing(OP.reset));
}

/** Bytes that C++ moved on this handle below Node's JavaScript (TLS, HTTP/2), as args of its close; null when there are none. */
function unseenBytes(context: StreamContext, handle: AnyHandle, state: HandleState): { args: { [key: string]: number } } | null {
  const read = context.looks.bytesRead(handle) - state.bytesRead;
  const written = context.looks.bytesWritten(handle) - state.bytesWritten;
  if (read <= 0 && written <= 0) return null;
  context.recorder.sayBelow();
  return { args: { unseenRead: Math.max(0, read), unseenWritten: Math.max(0, written) } };
}

const STREAM_OPTIONS: Record<string, (values: unknown[]) => { [key: string]: unknown }> = {
  setNoDelay: ([value]) => ({ name: 'noDelay', value }),
  setKeepAlive: ([value, delay, interval, count]) => ({ name: 'keepAlive', value, delay, interval, count }),
  setTypeOfService: ([value]) => ({ name: 'typeOfService', value }),
};

/** Socket options, the program's own look-ups, and the reading switch. */
export function hookOptions(context: StreamContext, proto: AnyHandle, replacements: Replacements): void {
  const { recorder } = context;
  const simple = (name: string, op: number, args?: (values: unknown[]) => { [key: string]: unknown }) => {
    replacements.method(
      proto,
      name,
      (original) =>
        function (this: AnyHandle, ...values: unknown[]) {
          const state = recorder.state(this);
          if (state === undefined || !recorder.on) return Reflect.apply(original, this, values);
          const time = now();
          const result = Reflect.apply(original, this, values);
          recorder.guarded(name, () => {
            const status = typeof result === 'number' ? result : 0;
            recorder.op(op, time, state, status, context.origin, args === undefined ? null : { args: args(values) });
          });
          return result;
        },
    );
  };
  for (const [name, args] of Object.entries(STREAM_OPTIONS)) simple(name, OP.option, args);
  for (const name of ['readStart', 'readStop'] as const) simple(name, OP[name]);
  for (const name of ['getsockname', 'getpeername'] as const) {
    simple(name, OP[name], ([out]) => ({ address: (out as AnyHandle)?.address, port: (out as AnyHandle)?.port }));
  }
}
