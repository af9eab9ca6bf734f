import { asCause, type Origin } from './call-sites';
import { type HandleState, OP } from './recorder';
import type { StreamContext } from './stream-hooks';
import { now } from './stream-writer';
import type { AnyHandle, Replacements } from './wrap';

const STRING_WRITES: Record<string, BufferEncoding> = {
  writeUtf8String: 'utf8',
  writeLatin1String: 'latin1',
  writeAsciiString: 'latin1',
  writeUcs2String: 'utf16le',
};

/** Writes on a handle and their completion. */
export function hookWrite(context: StreamContext, proto: AnyHandle, replacements: Replacements): void {
  const { recorder } = context;
  replacements.method(
    proto,
    'writeBuffer',
    (original) =>
      function (this: AnyHandle, req: unknown, data: Uint8Array) {
        const state = recorder.state(this);
        if (state === undefined || !recorder.on) return original.call(this, req, data);
        const time = now();
        const result = original.call(this, req, data);
        try {
          wrote(context, this, state, time, req, result, 1, data, null);
        } catch (error) {
          recorder.failed('write', error);
        }
        return result;
      },
  );
  for (const [name, encoding] of Object.entries(STRING_WRITES)) {
    replacements.method(
      proto,
      name,
      (original) =>
        // The third argument of a pipe is a handle to send along.
        function (this: AnyHandle, ...args: unknown[]) {
          const state = recorder.state(this);
          if (state === undefined || !recorder.on) return Reflect.apply(original, this, args);
          const time = now();
          const result = Reflect.apply(original, this, args);
          recorder.guarded('write', () => wrote(context, this, state, time, args[0], result, 1, args[1], encoding));
          return result;
        },
    );
  }
  replacements.method(
    proto,
    'writev',
    (original) =>
      function (this: AnyHandle, req: unknown, chunks: unknown[], allBuffers: boolean) {
        const state = recorder.state(this);
        if (state === undefined || !recorder.on) return original.call(this, req, chunks, allBuffers);
        const time = now();
        const result = original.call(this, req, chunks, allBuffers);
        const count = allBuffers ? chunks.length : chunks.length >> 1;
        recorder.guarded('write', () => wrote(context, this, state, time, req, result, count, chunks, allBuffers ? null : 'utf8'));
        return result;
      },
  );
}

/**
 * After a write. `result` is 0, an error, or (Node 26) a WriteWrap that will complete. `data` is what was written: bytes, text in
 * `encoding`, or for writev the list of buffers (encoding null) or of alternating chunks and encodings.
 */
function wrote(
  context: StreamContext,
  handle: AnyHandle,
  state: HandleState,
  time: bigint,
  req: unknown,
  result: unknown,
  buffers: number,
  data: unknown,
  encoding: BufferEncoding | null,
): void {
  const { recorder, internals, looks } = context;
  const { writer } = recorder;
  const base = internals.streamBaseState;
  const dispatched = typeof result === 'object' && result !== null;
  let status = typeof result === 'number' ? result : 0;
  if (dispatched && internals.kLastWriteErr !== undefined) status = base[internals.kLastWriteErr] as number;
  const bytes = base[internals.kBytesWritten] as number;
  const isAsync = status === 0 && (dispatched || (req !== null && base[internals.kLastWriteWasAsync] !== 0));
  // A write that is done at once found and left an empty queue.
  const queue = isAsync ? looks.queue(handle) : 0;
  const written = status !== 0 ? 0 : isAsync ? Math.max(0, bytes - queue) : bytes;
  if (status === 0) state.bytesWritten += bytes;
  // Node counts what it asked for before it knows the result, except for short strings (StreamBase::Write and WriteString in stream_base.cc).
  else if (looks.bytesWritten(handle) - state.bytesWritten >= bytes) state.bytesWritten += bytes;
  const origin = originOfChunks(context.origin, state, buffers);
  const stream = looks.owner(handle);
  writer.begin(OP.write, time, state.id, state.fd, status, bytes);
  writer.from(origin.api, origin.site, origin.isCause);
  writer.transfer(buffers, written, isAsync);
  if (stream !== null) writer.readings(stream.writableLength, stream.readableLength, queue);
  if (recorder.payloadLimit > 0) addPayload(context, data, encoding, recorder.payloadLimit);
  if (recorder.holds && status === 0) writer.endHeld();
  else writer.end();
  if (isAsync) watchWrite(context, handle, state, dispatched ? result : req, bytes, asCause(origin));
}

/** Chunks leave the stream in the order of the write() calls, so the oldest waiting calls are the ones that this write serves. */
export function originOfChunks(running: Origin, state: HandleState, buffers: number): Origin {
  const chunks = state.owner?.chunks;
  if (chunks === undefined || chunks.length === 0) return running;
  const first = chunks.shift();
  if (buffers > 1) chunks.splice(0, buffers - 1);
  // Only the call that runs made the write; a call that is over caused it.
  return first === running ? running : asCause(first);
}

function addPayload(context: StreamContext, data: unknown, encoding: BufferEncoding | null, limit: number): void {
  const { writer } = context.recorder;
  if (typeof data === 'string') {
    writer.payloadText(data, encoding ?? 'utf8', limit);
    return;
  }
  if (!Array.isArray(data)) {
    const bytes = data as Uint8Array;
    writer.payload(bytes, Math.min(bytes.byteLength, limit));
    return;
  }
  let left = limit;
  for (let i = 0; i < data.length && left > 0; i += encoding === null ? 1 : 2) {
    const chunk: unknown = data[i];
    if (typeof chunk === 'string') left -= writer.payloadText(chunk, data[i + 1], left);
    else left -= writer.payload(chunk as Uint8Array, Math.min((chunk as Uint8Array).byteLength, left));
  }
}

/** Waits for an asynchronous write. Node 26 sets `oncomplete` after the write returned, older versions before it. */
function watchWrite(context: StreamContext, handle: AnyHandle, state: HandleState, req: AnyHandle, bytes: number, cause: Origin): void {
  const { recorder, looks } = context;
  const wrap = (target: unknown) => {
    if (typeof target !== 'function') return target;
    return function (this: AnyHandle, ...args: unknown[]) {
      recorder.guarded('writeDone', () => {
        const stream = looks.owner(handle);
        const status = typeof args[0] === 'number' ? args[0] : 0;
        const queue = state.closed ? -1 : looks.queue(handle);
        const readings: [number, number, number] =
          stream === null ? [-1, -1, queue] : [stream.writableLength, stream.readableLength, queue];
        recorder.op(OP.writeDone, now(), state, status, cause, { bytes, readings });
      });
      req.oncomplete = target;
      return Reflect.apply(target, this, args);
    };
  };
  if (typeof req.oncomplete === 'function') {
    req.oncomplete = wrap(req.oncomplete);
    return;
  }
  Object.defineProperty(req, 'oncomplete', {
    configurable: true,
    enumerable: true,
    get: () => undefined,
    set(value) {
      Object.defineProperty(req, 'oncomplete', { value: wrap(value), writable: true, enumerable: true, configurable: true });
    },
  });
}
