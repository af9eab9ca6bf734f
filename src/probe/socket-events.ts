import net from 'node:net';
import { asCause, NO_ORIGIN, type Origin } from './call-sites';
import { fixedArgs, OP, type OwnerState, type Recorder } from './recorder';
import { now } from './stream-writer';
import { type AnyHandle, findDescriptor, type Replacements } from './wrap';

const FAILED_CONNECT = new Set<unknown>(['connect', 'getaddrinfo']);

/** Only the failure of connect() itself and a write after end() have a line that surely led to them. */
function causeOf(error: AnyHandle, owner: OwnerState): Origin {
  if (FAILED_CONNECT.has(error?.syscall)) return asCause(owner.connect);
  return error?.code === 'ERR_STREAM_WRITE_AFTER_END' ? asCause(owner.lost) : NO_ORIGIN;
}

/**
 * 'drain', 'error' and 'timeout' of net.Socket, without a listener and without a frame in anybody's stack: reading the property
 * `emit` is the moment just before an event, and the socket's own state says which one of these three it is.
 */
export function hookSocketEvents(recorder: Recorder, replacements: Replacements): void {
  const { prototype } = net.Socket;
  const inherited = findDescriptor(prototype, 'emit');
  if (typeof inherited?.value !== 'function') return;
  const parent = Object.getPrototypeOf(prototype);
  const names = {
    drain: recorder.writer.string('drain'),
    error: recorder.writer.string('error'),
    timeout: recorder.writer.string('timeout'),
  };
  const drained = fixedArgs({ event: 'drain' });
  const say = (socket: AnyHandle, owner: OwnerState, event: keyof typeof names, args: { [key: string]: unknown } | null) => {
    const cause = event === 'error' ? causeOf(socket.errored, owner) : NO_ORIGIN;
    const readings: [number, number, number] = [socket.writableLength, socket.readableLength, -1];
    const meta = args === null ? { fixed: drained, readings } : { args: { event, ...args }, readings };
    recorder.op(OP.api, now(), owner.handle ?? undefined, 0, { ...cause, api: names[event] }, meta);
  };
  replacements.define(prototype, 'emit', {
    configurable: true,
    enumerable: inherited.enumerable === true,
    get(this: AnyHandle) {
      const owner = recorder.knownOwner(this);
      if (owner === undefined || !recorder.on) return parent.emit;
      if (owner.needDrain && !this.writableNeedDrain) {
        owner.needDrain = false;
        if (this.writableLength === 0 && !this.destroyed) recorder.guarded('drain', () => say(this, owner, 'drain', null));
      }
      if (owner.timeoutFiring) {
        owner.timeoutFiring = false;
        recorder.guarded('timeout', () => say(this, owner, 'timeout', { milliseconds: this.timeout }));
      }
      if (!owner.errorSaid && this._writableState?.errorEmitted === true) {
        owner.errorSaid = true;
        const { errored } = this;
        recorder.guarded('error', () => say(this, owner, 'error', { code: String(errored?.code ?? errored?.name ?? 'Error') }));
      }
      // Looked up each time: node:domain and others replace it.
      return parent.emit;
    },
    set(this: AnyHandle, value: unknown) {
      Object.defineProperty(this, 'emit', { value, writable: true, enumerable: true, configurable: true });
    },
  });
  replacements.method(
    prototype,
    '_onTimeout',
    (original) =>
      function (this: AnyHandle, ...args: unknown[]) {
        const owner = recorder.knownOwner(this);
        if (owner === undefined || !recorder.on) return Reflect.apply(original, this, args);
        owner.timeoutFiring = true;
        try {
          return Reflect.apply(original, this, args);
        } finally {
          owner.timeoutFiring = false;
        }
      },
  );
}
