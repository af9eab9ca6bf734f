import { TOOL_ORIGIN } from './call-sites';
import { type HandleState, OP } from './recorder';
import type { StreamContext } from './stream-hooks';
import { now } from './stream-writer';
import type { AnyFunction, AnyHandle, Replacements } from './wrap';

const UV_EOF = -4095;

/** Every read of a handle, through the `onread` function that Node gives it. */
export function hookRead(context: StreamContext, proto: AnyHandle, kind: 'tcp' | 'pipe', replacements: Replacements): void {
  const parent = Object.getPrototypeOf(proto);
  /** The functions that Node set, as it reads them back. */
  const set = new WeakMap<object, unknown>();
  replacements.define(proto, 'onread', {
    configurable: true,
    enumerable: context.internals.onreadEnumerable,
    get(this: AnyHandle) {
      return set.has(this) ? set.get(this) : Reflect.get(parent, 'onread', this);
    },
    set(this: AnyHandle, value: unknown) {
      let installed = value;
      context.recorder.guarded('onread', () => {
        if (typeof value !== 'function') return;
        const state = readableState(context, this, kind);
        if (state === null) return;
        installed = reader(context, state, context.looks.owner(this), value as AnyFunction);
        set.set(this, value);
      });
      Reflect.set(parent, 'onread', installed, this);
    },
  });
}

/** Null for a pipe that is not a socket: one with nobody's connect() behind it is stdio or IPC. */
function readableState(context: StreamContext, handle: AnyHandle, kind: 'tcp' | 'pipe'): HandleState | null {
  const { recorder, looks } = context;
  const owner = looks.owner(handle);
  const connect = owner === null ? null : recorder.owner(owner).connect;
  if (connect === TOOL_ORIGIN) return null;
  const known = recorder.state(handle);
  if (known === undefined && kind === 'pipe' && connect === null) return null;
  const state = known ?? context.ours(handle, kind, connect ?? context.origin, now(), looks.fd(handle));
  context.adopt(handle, state);
  return state;
}

function reader(context: StreamContext, state: HandleState, stream: AnyHandle, original: AnyFunction): AnyFunction {
  const { recorder, internals } = context;
  const { writer } = recorder;
  const { streamBaseState: base, kReadBytesOrError, kArrayBufferOffset } = internals;
  return function (this: AnyHandle, arrayBuffer: ArrayBuffer | undefined) {
    if (recorder.on) {
      try {
        const time = now();
        const count = base[kReadBytesOrError] as number;
        const offset = base[kArrayBufferOffset] as number;
        writer.begin(OP.read, time, state.id, state.fd, count, count > 0 ? count : count === UV_EOF ? 0 : -1);
        if (stream !== null) writer.readings(stream.writableLength, stream.readableLength, -1);
        writer.wake();
        // What C++ read in between (HTTP/2) is not known, so neither is whether this end was read.
        if (count < 0 && context.looks.bytesRead(this) > state.bytesRead) writer.meta({ args: { below: 'unknown' } });
        if (count > 0) {
          state.bytesRead += count;
          // With the `onread` option of net.Socket the bytes are in the program's own buffer and arrayBuffer is undefined.
          if (arrayBuffer !== undefined && recorder.payloadLimit > 0) {
            const length = count < recorder.payloadLimit ? count : recorder.payloadLimit;
            writer.payload(new Uint8Array(arrayBuffer, offset, length), length);
          }
        }
        writer.end();
      } catch (error) {
        recorder.failed('read', error);
      }
    }
    return original.call(this, arrayBuffer);
  };
}
