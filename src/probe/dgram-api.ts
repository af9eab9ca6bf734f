import dgram from 'node:dgram';
import { asCause, type Origin } from './call-sites';
import type { DatagramHooks } from './datagram-hooks';
import { markCall } from './net-api';
import type { Recorder } from './recorder';
import { now } from './stream-writer';
import { type AnyFunction, type AnyHandle, disguise, type Replacements } from './wrap';

const MARKED = [
  'bindSync',
  'connectSync',
  'disconnect',
  'close',
  'address',
  'remoteAddress',
  'setBroadcast',
  'setTTL',
  'setMulticastTTL',
  'setMulticastLoopback',
  'setMulticastInterface',
  'addMembership',
  'dropMembership',
  'addSourceSpecificMembership',
  'dropSourceSpecificMembership',
  'setRecvBufferSize',
  'setSendBufferSize',
  'getRecvBufferSize',
  'getSendBufferSize',
];

/**
 * Wrappers of dgram's public methods. bind, send and connect do their work after a look-up (of numeric addresses, too), so the
 * look-up function of the socket's handle carries the origin across.
 */
export function hookDgramApi(recorder: Recorder, hooks: DatagramHooks, replacements: Replacements): void {
  const { sites } = recorder;
  const { prototype } = dgram.Socket;
  for (const name of MARKED) markCall(recorder, replacements, prototype, name, `socket.${name}`);
  for (const name of ['bind', 'connect']) {
    markCall(recorder, replacements, prototype, name, `socket.${name}`, (socket) => carryAcrossLookup(recorder, socket));
  }
  /** Calls that wait for an implicit bind; Node repeats them in order, then with no line of the program above. */
  const queued = new WeakMap<object, Origin[]>();
  const send = recorder.writer.string('socket.send');
  replacements.method(
    prototype,
    'send',
    (original) =>
      function (this: AnyHandle, ...args: unknown[]) {
        if (!recorder.on) return Reflect.apply(original, this, args);
        const previous = sites.enterOften(send);
        const waiting = queued.get(this);
        const state = stateOf(this);
        try {
          if (sites.current.site === 0 && waiting !== undefined && waiting.length > 0) sites.current = asCause(waiting.shift());
          recorder.guarded('send', () => carryAcrossLookup(recorder, this));
          const before = state?.queue?.length ?? 0;
          const result = Reflect.apply(original, this, args);
          if ((state?.queue?.length ?? 0) > before) {
            if (waiting === undefined) queued.set(this, [sites.current]);
            else waiting.push(sites.current);
          }
          return result;
        } finally {
          sites.leave(previous);
        }
      },
  );
  const create = recorder.writer.string('dgram.createSocket');
  replacements.method(
    dgram,
    'createSocket',
    (original) =>
      function (this: unknown, ...args: unknown[]) {
        if (!recorder.on) return Reflect.apply(original, this, args);
        const time = now();
        const previous = sites.enter(create);
        try {
          const socket = Reflect.apply(original, this, args);
          recorder.guarded('createSocket', () => {
            const handle = stateOf(socket)?.handle;
            if (handle) hooks.ours(handle, sites.current, time);
          });
          return socket;
        } finally {
          sites.leave(previous);
        }
      },
  );
}

let stateSymbol: symbol | undefined;

/** dgram's own state of a socket. (`socket._handle` would print a deprecation warning.) */
function stateOf(socket: AnyHandle): { handle?: AnyHandle; queue?: unknown[] } | undefined {
  stateSymbol ??= Object.getOwnPropertySymbols(socket).find((symbol) => symbol.description === 'state symbol');
  return stateSymbol === undefined ? undefined : socket[stateSymbol];
}

const carried = new WeakSet<object>();

function carryAcrossLookup(recorder: Recorder, socket: AnyHandle): void {
  const handle = stateOf(socket)?.handle;
  const lookup = handle?.lookup as AnyFunction | undefined;
  if (typeof lookup !== 'function' || carried.has(handle)) return;
  carried.add(handle);
  const { sites } = recorder;
  // Bound, as Node's own: without `this` and without a prototype.
  const wrapper = (...args: unknown[]) => {
    const origin = asCause(sites.current);
    const last = args.length - 1;
    const callback = args[last];
    if (typeof callback === 'function') {
      args[last] = function (this: unknown, ...results: unknown[]) {
        const previous = sites.current;
        sites.current = origin;
        try {
          return Reflect.apply(callback, this, results);
        } finally {
          sites.leave(previous);
        }
      };
    }
    return lookup(...args);
  };
  handle.lookup = disguise(wrapper, lookup);
}
