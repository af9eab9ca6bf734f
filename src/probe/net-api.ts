import net from 'node:net';
import { asCause, type Origin } from './call-sites';
import { ledTo } from './led-to';
import { isData, lostBefore, sayLost } from './lost-writes';
import { fixedArgs, OP, type OwnerState, type Recorder } from './recorder';
import { now } from './stream-writer';
import type { AnyHandle, Replacements } from './wrap';
import { WriteReturns } from './write-returns';

/** Runs before the wrapped method, inside its call; `origin` is where it was called. */
type Before = (self: AnyHandle, args: unknown[], origin: Origin) => void;

/** A wrapper that marks `api` as the running call, so that handle operations below it know where they come from. */
export function markCall(recorder: Recorder, replacements: Replacements, target: object, name: string, api: string, before?: Before): void {
  const id = recorder.writer.string(api);
  const { sites } = recorder;
  replacements.method(
    target,
    name,
    (original) =>
      function (this: AnyHandle, ...args: unknown[]) {
        if (!recorder.on) return Reflect.apply(original, this, args);
        const previous = sites.enter(id);
        if (before !== undefined) recorder.guarded(api, () => before(this, args, sites.current));
        try {
          return Reflect.apply(original, this, args);
        } finally {
          sites.leave(previous);
        }
      },
  );
}

/** Wrappers of net's public methods: they say which line of the program a handle operation comes from. */
export function hookNetApi(recorder: Recorder, replacements: Replacements): void {
  const { Server, Socket } = net;
  const mark = (target: object, name: string, api: string, before?: Before) => {
    markCall(recorder, replacements, target, name, api, before);
  };
  hookCreateServer(recorder, replacements);
  mark(Server.prototype, 'listen', 'server.listen', (server, _args, origin) => {
    recorder.owner(server).listen = origin;
  });
  mark(Server.prototype, 'close', 'server.close');
  mark(Server.prototype, 'address', 'server.address');
  hookListenDeferred(recorder, replacements);
  mark(Socket.prototype, 'connect', 'socket.connect', (socket, args, origin) => {
    const owner = recorder.owner(socket);
    owner.connect = origin;
    owner.connectArgs = connectArgs(args);
  });
  hookWrite(recorder, replacements);
  const destroying: Before = (socket, _args, origin) => {
    const owner = recorder.knownOwner(socket);
    if (owner !== undefined && owner.destroy === null) owner.destroy = orNull(origin.site !== 0 ? origin : ledTo(recorder, socket, owner));
  };
  for (const name of ['destroy', 'destroySoon', 'resetAndDestroy']) mark(Socket.prototype, name, `socket.${name}`, destroying);
  mark(Socket.prototype, 'end', 'socket.end', (socket, [chunk, encoding], origin) => {
    const lost = lostBefore(socket, chunk);
    if (lost !== null) {
      const known = recorder.knownOwner(socket);
      if (known !== undefined) sayLost(recorder, known, origin, chunk, encoding, lost);
      return;
    }
    const state = recorder.state(socket._handle);
    if (state === undefined) return;
    const owner = recorder.owner(socket);
    const from = origin.site !== 0 ? origin : ledTo(recorder, socket, owner);
    if (isData(chunk)) owner.chunks.push(from);
    owner.end ??= orNull(from);
    if (origin.site === 0) return;
    const readings: [number, number, number] = [socket.writableLength, socket.readableLength, -1];
    recorder.op(OP.api, now(), state, 0, origin, { args: { event: 'end called' }, readings });
  });
  for (const name of ['setTimeout', 'setNoDelay', 'setKeepAlive', 'setTypeOfService', 'pause', 'resume', 'address']) {
    mark(Socket.prototype, name, `socket.${name}`);
  }
}

const orNull = (origin: Origin): Origin | null => (origin.site === 0 ? null : origin);

function hookCreateServer(recorder: Recorder, replacements: Replacements): void {
  const id = recorder.writer.string('net.createServer');
  const { sites } = recorder;
  replacements.method(
    net,
    'createServer',
    (original) =>
      function (this: unknown, ...args: unknown[]) {
        if (!recorder.on) return Reflect.apply(original, this, args);
        const time = now();
        const previous = sites.enter(id);
        try {
          const server = Reflect.apply(original, this, args);
          recorder.guarded('createServer', () => {
            recorder.op(OP.api, time, undefined, 0, sites.current, { args: { event: 'server created', owner: recorder.owner(server).id } });
          });
          return server;
        } finally {
          sites.leave(previous);
        }
      },
  );
}

/** What listen() ends in, at once or after a look-up (net's own "legacy alias", through which it calls). */
function hookListenDeferred(recorder: Recorder, replacements: Replacements): void {
  const { sites } = recorder;
  replacements.method(
    net.Server.prototype,
    '_listen2',
    (original) =>
      function (this: AnyHandle, ...args: unknown[]) {
        const { listen } = recorder.owner(this);
        if (!recorder.on || sites.current.site !== 0 || listen === null) return Reflect.apply(original, this, args);
        const previous = sites.current;
        sites.current = asCause(listen);
        try {
          return Reflect.apply(original, this, args);
        } finally {
          sites.leave(previous);
        }
      },
  );
}

function hookWrite(recorder: Recorder, replacements: Replacements): void {
  const id = recorder.writer.string('socket.write');
  const { sites } = recorder;
  const returnedFalse = (socket: AnyHandle, owner: OwnerState) => {
    owner.needDrain = true;
    const readings: [number, number, number] = [socket.writableLength, socket.readableLength, -1];
    recorder.op(OP.api, now(), recorder.state(socket._handle), 0, sites.current, { fixed: saysFalse, readings });
  };
  const returns = new WriteReturns(recorder, replacements);
  const saysFalse = fixedArgs({ event: 'returned false' });
  const leadTo = (socket: AnyHandle, owner: OwnerState) => {
    const origin = ledTo(recorder, socket, owner);
    if (origin.site !== 0) sites.current = origin;
  };
  replacements.method(
    net.Socket.prototype,
    'write',
    (original) =>
      function (this: AnyHandle, chunk: unknown, encoding: unknown, callback: unknown) {
        const state = recorder.state(this._handle);
        const owner = state === undefined ? recorder.knownOwner(this) : (state.owner ?? recorder.owner(this));
        if (owner === undefined || !recorder.on) return original.call(this, chunk, encoding, callback);
        const lost = lostBefore(this, chunk);
        if (state === undefined && lost === null) return original.call(this, chunk, encoding, callback);
        const previous = sites.enterOften(id);
        if (sites.current.site === 0 && sites.linesOften) recorder.guarded('write', () => leadTo(this, owner));
        // What cannot reach the handle must not wait for it.
        if (lost === null && isData(chunk)) owner.chunks.push(sites.current);
        returns.hold(this);
        try {
          const result = original.call(this, chunk, encoding, callback);
          if (lost !== null) recorder.guarded('write', () => sayLost(recorder, owner, sites.current, chunk, encoding, lost));
          else if (result === false && !this.destroyed) recorder.guarded('write', () => returnedFalse(this, owner));
          return result;
        } finally {
          returns.release();
          sites.leave(previous);
        }
      },
  );
}

/** The target of connect(), from its public forms and from the array that net passes on to itself. */
function connectArgs(args: unknown[]): { [key: string]: string | number } {
  const first = Array.isArray(args[0]) ? args[0][0] : args[0];
  const said: { [key: string]: string | number } = {};
  const take = (name: string, value: unknown) => {
    if (typeof value === 'string' || typeof value === 'number') said[name] = value;
  };
  if (typeof first === 'object' && first !== null) {
    for (const name of ['host', 'port', 'path']) take(name, (first as { [key: string]: unknown })[name]);
  } else if (typeof first === 'number' || (typeof first === 'string' && /^\d+$/.test(first))) {
    take('port', first);
    take('host', args[1]);
  } else take('path', first);
  return said;
}
