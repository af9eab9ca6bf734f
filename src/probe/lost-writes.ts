import type { Origin } from './call-sites';
import { OP, type OwnerState, type Recorder } from './recorder';
import { now } from './stream-writer';
import type { AnyHandle } from './wrap';

/** Whether a stream of bytes takes it; anything else it refuses by throwing. */
export const isData = (chunk: unknown): chunk is string | NodeJS.ArrayBufferView => typeof chunk === 'string' || ArrayBuffer.isView(chunk);

/**
 * The error that Node is going to give to a write of `chunk` on this socket without sending anything of it; null when there is none. The order
 * is that of _write in lib/internal/streams/writable.js. To be asked before the call, which may end the socket itself.
 */
export function lostBefore(socket: AnyHandle, chunk: unknown): string | null {
  if (!isData(chunk)) return null;
  if (socket.writableEnded) return 'ERR_STREAM_WRITE_AFTER_END';
  return socket.destroyed ? 'ERR_STREAM_DESTROYED' : null;
}

/** Says that a write sent nothing. Node itself emits 'error' for it only while the socket is not destroyed: else only the callback learns of it. */
export function sayLost(recorder: Recorder, owner: OwnerState, origin: Origin, chunk: unknown, encoding: unknown, code: string): void {
  const known = typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8';
  const bytes = typeof chunk === 'string' ? Buffer.byteLength(chunk, known) : (chunk as NodeJS.ArrayBufferView).byteLength;
  owner.lost ??= origin;
  recorder.op(OP.api, now(), owner.handle ?? undefined, 0, origin, { args: { event: 'nothing sent', code, bytes } });
}
