import dgram from 'node:dgram';
import net from 'node:net';
import { markCall } from './net-api';
import { OP, type Recorder } from './recorder';
import { now } from './stream-writer';
import type { AnyHandle, Replacements } from './wrap';

const bytesOf = (chunk: unknown): number =>
  typeof chunk === 'string' ? Buffer.byteLength(chunk) : ArrayBuffer.isView(chunk) ? chunk.byteLength : -1;

/**
 * The degraded mode for a Node whose inside is out of reach: only the program's calls of net and the data that streams push are
 * recorded, all as `api`, because nothing is known of system calls then. Objects are numbered in `args.owner`.
 */
export function hookPublicNet(recorder: Recorder, replacements: Replacements): void {
  /** Stdio is a net.Socket too when it is a pipe; a socket of the program was connected or accepted. */
  const isOurs = (object: AnyHandle) => {
    if (!(object instanceof net.Socket)) return true;
    const { _server: server } = object as AnyHandle;
    return (server !== null && server !== undefined) || (recorder.knownOwner(object)?.connect ?? null) !== null;
  };
  const { Server, Socket } = net;
  hookCalls(recorder, replacements, Server.prototype, 'server', ['listen', 'close'], isOurs);
  hookCalls(recorder, replacements, Socket.prototype, 'socket', ['connect', 'write', 'end', 'destroy', 'resetAndDestroy'], isOurs);
  replacements.method(
    Socket.prototype,
    'push',
    (original) =>
      function (this: AnyHandle, chunk: unknown, ...rest: unknown[]) {
        if (isOurs(this)) {
          recorder.guarded('push', () => say(recorder, this, { event: chunk === null ? 'end of data' : 'data' }, bytesOf(chunk)));
        }
        return Reflect.apply(original, this, [chunk, ...rest]);
      },
  );
}

/** The same for dgram; what arrives is not among it. */
export function hookPublicDgram(recorder: Recorder, replacements: Replacements): void {
  hookCalls(recorder, replacements, dgram.Socket.prototype, 'socket', ['bind', 'send', 'connect', 'close'], () => true);
}

function hookCalls(
  recorder: Recorder,
  replacements: Replacements,
  target: object,
  object: string,
  names: readonly string[],
  isOurs: (object: AnyHandle) => boolean,
): void {
  for (const name of names) {
    markCall(recorder, replacements, target, name, `${object}.${name}`, (self, args, origin) => {
      if (origin.site === 0 && origin.api === 0) return;
      if (name === 'connect') recorder.owner(self).connect = origin;
      if (!isOurs(self)) return;
      const sends = name === 'write' || name === 'send' || name === 'end';
      say(recorder, self, { event: `${name} called` }, sends ? bytesOf(args[0]) : -1);
    });
  }
}

function say(recorder: Recorder, object: object, args: { [key: string]: unknown }, bytes = -1): void {
  recorder.op(OP.api, now(), undefined, 0, recorder.sites.current, { args: { owner: recorder.owner(object).id, ...args }, bytes });
}
