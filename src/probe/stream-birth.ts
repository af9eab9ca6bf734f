import { asCause, NO_ORIGIN, type Origin, TOOL_ORIGIN } from './call-sites';
import { nameOrNull } from './handle-looks';
import { type HandleState, OP } from './recorder';
import { inodeArgs } from './socket-inode';
import { ownerArgs, type StreamContext } from './stream-hooks';
import { now } from './stream-writer';
import { type AnyHandle, disguise, type Replacements } from './wrap';

/** open(fd), bind, connect: what makes a handle a socket of the program. Stdio and IPC pipes do none of these. */
export function hookBirth(context: StreamContext, proto: AnyHandle, kind: 'tcp' | 'pipe', replacements: Replacements): void {
  const { recorder, looks } = context;
  replacements.method(
    proto,
    'open',
    (original) =>
      function (this: AnyHandle, ...args: unknown[]) {
        const time = now();
        const result = Reflect.apply(original, this, args);
        const fd = args[0];
        // 0, 1 and 2 are stdio; a higher pipe is Node's IPC channel unless a line of the program opened it.
        if (typeof fd === 'number' && fd > 2 && (kind === 'tcp' || context.origin.site !== 0)) {
          recorder.guarded('open', () => {
            const state = context.ours(this, kind, context.origin, time);
            recorder.setFd(state, fd);
            if (result === 0) context.nameEnds(this, state);
          });
        }
        return result;
      },
  );
  for (const name of kind === 'tcp' ? ['bind', 'bind6'] : ['bind']) {
    replacements.method(
      proto,
      name,
      (original) =>
        function (this: AnyHandle, ...args: unknown[]) {
          const time = now();
          const result = Reflect.apply(original, this, args);
          recorder.guarded('bind', () => {
            const origin = bindOrigin(context, this);
            const state = context.ours(this, kind, origin, time);
            recorder.setFd(state, looks.fd(this));
            const [address, port, flags] = args;
            const said: { [key: string]: unknown } = kind === 'tcp' ? { address, port } : { path: address };
            if (kind === 'tcp' && typeof flags === 'number' && flags !== 0) said.flags = flags;
            if (result === 0) {
              const local = kind === 'tcp' ? looks.local(this) : { path: String(address) };
              state.local = nameOrNull(local);
              // libuv returns 0 from a bind that met EADDRINUSE and tells at listen() or connect(); getsockname tells now.
              if (typeof local === 'number') said.delayed = local;
            }
            recorder.op(OP.bind, time, state, result, origin, { args: said, local: state.local });
          });
          return result;
        },
    );
  }
  for (const name of kind === 'tcp' ? ['connect', 'connect6'] : ['connect']) {
    replacements.method(
      proto,
      name,
      (original) =>
        function (this: AnyHandle, ...args: unknown[]) {
          const time = now();
          let state: HandleState | undefined;
          let origin = NO_ORIGIN;
          recorder.guarded('connect', () => {
            const owner = looks.owner(this);
            if (owner !== null && recorder.knownOwner(owner)?.connect === TOOL_ORIGIN) return;
            state = context.ours(this, kind, context.origin, time);
            origin = context.origin.site !== 0 ? context.origin : asCause(state.owner?.connect ?? state.origin);
            watchConnect(context, args[0], this, state, origin);
          });
          const result = Reflect.apply(original, this, args);
          recorder.guarded('connect', () => {
            if (state === undefined) return;
            recorder.setFd(state, looks.fd(this));
            const target = kind === 'tcp' ? { address: String(args[1]), port: Number(args[2]) } : { path: String(args[1]) };
            state.remote = target;
            const said = kind === 'tcp' ? target : { ...target, ...inodeArgs(state.fd) };
            recorder.op(OP.connect, time, state, typeof result === 'number' ? result : 0, origin, { args: said, remote: target });
          });
          return result;
        },
    );
  }
}

/** The bind of a connection from a given address comes after its look-up: connect() led to it. */
function bindOrigin(context: StreamContext, handle: AnyHandle): Origin {
  if (context.origin.site !== 0) return context.origin;
  const owner = context.looks.owner(handle);
  return owner === null ? NO_ORIGIN : asCause(context.recorder.knownOwner(owner)?.connect);
}

/** Listening, and the connections that come. */
export function hookListen(context: StreamContext, proto: AnyHandle, kind: 'tcp' | 'pipe', replacements: Replacements): void {
  const { recorder, looks } = context;
  replacements.method(
    proto,
    'listen',
    (original) =>
      function (this: AnyHandle, ...args: unknown[]) {
        const time = now();
        recorder.guarded('listen', () => {
          // A handle that nobody bound here was received with its descriptor (a worker of a cluster).
          const state = context.ours(this, kind, context.origin, time, looks.fd(this));
          if (context.origin.site !== 0) state.origin = context.origin;
          watchConnections(context, this, state);
        });
        const result = Reflect.apply(original, this, args);
        recorder.guarded('listen', () => {
          const state = context.ours(this, kind, context.origin, time);
          recorder.setFd(state, looks.fd(this));
          context.adopt(this, state);
          if (kind === 'tcp') state.local ??= nameOrNull(looks.local(this));
          const said = { args: { backlog: args[0], ...ownerArgs(state) }, local: state.local };
          recorder.op(OP.listen, time, state, result, context.origin, said);
        });
        return result;
      },
  );
}

function watchConnect(context: StreamContext, req: AnyHandle, handle: AnyHandle, state: HandleState, origin: Origin): void {
  const original = req?.oncomplete;
  if (typeof original !== 'function') return;
  const { recorder } = context;
  req.oncomplete = function (this: AnyHandle, ...args: unknown[]) {
    recorder.guarded('connected', () => {
      const time = now();
      const status = typeof args[0] === 'number' ? args[0] : 0;
      if (status === 0 && state.kind === 'tcp' && !state.closed) {
        const { remote } = state;
        context.nameEnds(handle, state);
        state.remote ??= remote;
      }
      const ends = { local: status === 0 ? state.local : null, remote: state.remote };
      recorder.op(OP.connected, time, state, status, asCause(origin), ends);
    });
    req.oncomplete = original;
    return Reflect.apply(original, this, args);
  };
}

function watchConnections(context: StreamContext, listener: AnyHandle, listening: HandleState): void {
  const original = listener.onconnection;
  if (typeof original !== 'function') return;
  const wrap = (target: (...args: unknown[]) => unknown) => {
    return disguise(function (this: AnyHandle, ...args: unknown[]) {
      context.recorder.guarded('accept', () => accepted(context, listening, args[0], args[1]));
      return Reflect.apply(target, this, args);
    }, target);
  };
  const { origin } = context;
  if (origin.site !== 0 || origin.api !== 0) {
    listener.onconnection = wrap(original);
    return;
  }
  // Not the program but Node listens: the round-robin primary of a cluster, which replaces the function after listen().
  let wrapped: unknown = wrap(original);
  Object.defineProperty(listener, 'onconnection', {
    configurable: true,
    enumerable: true,
    get: () => wrapped,
    set: (value) => {
      wrapped = typeof value === 'function' ? wrap(value) : value;
    },
  });
}

function accepted(context: StreamContext, listening: HandleState, status: unknown, client: AnyHandle): void {
  const { recorder } = context;
  const time = now();
  const origin = asCause(listening.origin);
  if (status !== 0 || typeof client !== 'object' || client === null) {
    recorder.op(OP.accept, time, listening, typeof status === 'number' ? status : -1, origin);
    return;
  }
  const state = recorder.register(client, listening.kind, origin);
  recorder.setFd(state, context.looks.fd(client));
  if (listening.kind === 'tcp') context.nameEnds(client, state);
  else {
    state.local = listening.local;
    state.remote = { path: '' };
  }
  const inode = listening.kind === 'tcp' ? {} : inodeArgs(state.fd);
  const said = { args: { accepted: state.id, ...inode }, local: state.local, remote: state.remote };
  recorder.op(OP.accept, time, listening, state.fd, origin, said);
}
