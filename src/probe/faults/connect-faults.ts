import { asCause, type Origin } from '../call-sites';
import type { HandleState } from '../recorder';
import type { AnyFunction, AnyHandle } from '../wrap';
import { cancelLater, cancelSoon, type FaultLog, later, soon, uvError } from './fault-log';
import type { SocketFaults } from './fault-plan';

/** A connection attempt that was put off, or that will fail. Pending requests keep a process alive (libuv), so these timers do, too. */
export interface PendingConnect {
  /** The handle closes: libuv ends the request with ECANCELED. */
  cancel(): void;
}

export interface ConnectCall {
  handle: AnyHandle;
  state: HandleState;
  faults: SocketFaults;
  /** The request, then the target: address and port, or a path. */
  args: unknown[];
  origin: Origin;
  /** Makes the call, as recorded. */
  original: AnyFunction;
  log: FaultLog;
  /** The attempt is over, or runs by itself now. */
  done(): void;
}

/** Puts a fault into a connect() of a handle. Returns undefined when there is none, and the call should be made as it is. */
export function faultyConnect(call: ConnectCall): PendingConnect | undefined {
  const { state, faults, args, origin, log } = call;
  const [, address, port] = args;
  const target = typeof port === 'number' ? { address, port } : { path: address };
  const ports = typeof port === 'number' ? [port] : [];
  const find = (name: 'refuse-connect' | 'hang-connect' | 'delay-connect') => faults.named(name, ports).find((fault) => fault.hits(0));
  if (find('refuse-connect') !== undefined) {
    log.say(state, 'refuse-connect', 'socket.connect', target, origin, uvError('ECONNREFUSED'));
    return pending(call, null, () => complete(call, uvError('ECONNREFUSED')));
  }
  const hang = find('hang-connect');
  if (hang !== undefined) {
    const milliseconds = hang.pick(0);
    log.say(state, 'hang-connect', 'socket.connect', { milliseconds, ...target }, origin);
    return pending(call, milliseconds, () => {
      log.say(state, 'hang-connect', 'socket.connect', { after: milliseconds, ...target }, asCause(origin), uvError('ETIMEDOUT'));
      complete(call, uvError('ETIMEDOUT'));
    });
  }
  const delay = find('delay-connect');
  if (delay === undefined) return undefined;
  const milliseconds = delay.pick(0);
  log.say(state, 'delay-connect', 'socket.connect', { milliseconds, ...target }, origin);
  return pending(call, milliseconds, () => {
    const result: unknown = Reflect.apply(call.original, call.handle, args);
    if (typeof result === 'number' && result !== 0) complete(call, result);
  });
}

/** `milliseconds` null: in the next turn of the event loop, as the answer of this machine comes. */
function pending(call: ConnectCall, milliseconds: number | null, action: () => void): PendingConnect {
  let over = false;
  const act = (what: () => void) => () => {
    if (over) return;
    over = true;
    call.done();
    what();
  };
  const run = act(action);
  const timer = milliseconds === null ? null : later(run, milliseconds);
  const immediate = milliseconds === null ? soon(run) : null;
  return {
    cancel: () => {
      if (timer !== null) cancelLater(timer);
      if (immediate !== null) cancelSoon(immediate);
      soon(act(() => complete(call, uvError('ECANCELED'))));
    },
  };
}

/** What ConnectionWrap::AfterConnect (connection_wrap.cc) calls: status, handle, request, readable, writable. */
function complete({ args, handle }: ConnectCall, status: number): void {
  const req = args[0] as AnyHandle;
  if (typeof req?.oncomplete === 'function') req.oncomplete(status, handle, req, false, false);
}
