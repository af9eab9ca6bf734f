import net from 'node:net';
import { Readable } from 'node:stream';
import { asCause, NO_ORIGIN, type Origin } from './call-sites';
import { markCall } from './net-api';
import type { OwnerState, Recorder } from './recorder';
import type { AnyHandle, Replacements } from './wrap';

const PIPED = /^node:internal\/streams\/(readable (.*\.)?(ondata|onend)|pipeline )/;
const PIPELINE = /^node:internal\/streams\/pipeline /;
/** node:_http_outgoing, in later versions node:internal/http/outgoing. */
const HTTP_OUTGOING = /^node:\S*http\S*outgoing /;
const HTTP_AGENT = /^node:\S*http\S*agent /;

/**
 * The line that led to a call which Node makes by itself, where exactly one can be it: the pipe() behind what a pipe moves and ends, the
 * request behind what HTTP sends once there is a connection. For the API call that runs now, right after it was entered.
 */
export function ledTo(recorder: Recorder, socket: AnyHandle, owner: OwnerState): Origin {
  const callers = recorder.sites.nodeCallers(3);
  const [caller] = callers;
  if (caller === undefined) return NO_ORIGIN;
  // pipeline() destroys through a function of streams/destroy.
  if (PIPED.test(caller) || callers.some((each) => PIPELINE.test(each))) return onlyOne(owner.pipes);
  // A request that waits for its connection; a response has written before, in the program's own call.
  if (HTTP_OUTGOING.test(caller) && typeof socket._httpMessage?.onSocket === 'function') return asCause(owner.request ?? owner.connect);
  return NO_ORIGIN;
}

function onlyOne(origins: readonly Origin[]): Origin {
  const [first, ...others] = origins;
  return others.every(({ site }) => site === first?.site) ? asCause(first) : NO_ORIGIN;
}

/** Notes the lines that `ledTo` can tell. */
export function hookLedTo(recorder: Recorder, replacements: Replacements): void {
  const { sites } = recorder;
  const id = recorder.writer.string('readable.pipe');
  replacements.method(
    Readable.prototype,
    'pipe',
    (original) =>
      function (this: unknown, ...args: unknown[]) {
        const [destination] = args;
        if (!recorder.on || !(destination instanceof net.Socket)) return Reflect.apply(original, this, args);
        const previous = sites.enter(id);
        if (sites.current.site !== 0) recorder.owner(destination).pipes.push(sites.current);
        try {
          return Reflect.apply(original, this, args);
        } finally {
          sites.leave(previous);
        }
      },
  );
  // The agent calls ref() on a kept connection when it gives it to the next request, in the call that made the request.
  markCall(recorder, replacements, net.Socket.prototype, 'ref', 'socket.ref', (socket, _args, origin) => {
    const owner = recorder.knownOwner(socket);
    if (owner !== undefined && origin.site !== 0 && sites.isCalledBy(HTTP_AGENT)) owner.request = origin;
  });
}
