import type { Address } from '../contracts/trace';
import type { Internals } from './internals';
import { asCause, type HandleState, NO_ORIGIN, OP, type Origin, type Recorder } from './recorder';
import { now } from './stream-writer';
import { type AnyFunction, disguise, type Replacements } from './wrap';

// biome-ignore lint/suspicious/noExplicitAny: libuv handles have no types
type Handle = any;

const STRING_WRITES: Record<string, BufferEncoding> = {
  writeUtf8String: 'utf8',
  writeLatin1String: 'latin1',
  writeAsciiString: 'latin1',
  writeUcs2String: 'utf16le',
};
const UV_EOF = -4095;

/**
 * Hooks on the prototypes of TCP and Pipe handles. Methods are shadowed on TCP.prototype and Pipe.prototype, never on the
 * shared native parent. A pipe counts as a socket only when it binds, connects or is accepted: stdio and IPC pipes stay out.
 */
export class StreamHandles {
  /** The program's own functions by handle, for `onread` as it reads it back. */
  private readonly onreads = new WeakMap<object, unknown>();
  private ownerSymbol: symbol | undefined;
  private readonly getsockname: AnyFunction;
  private readonly getpeername: AnyFunction;
  private readonly fdOf: AnyFunction | undefined;
  private readonly queueOf: AnyFunction | undefined;
  private readonly bytesReadOf: AnyFunction | undefined;
  private readonly bytesWrittenOf: AnyFunction | undefined;

  constructor(
    private readonly recorder: Recorder,
    private readonly internals: Internals,
  ) {
    this.getsockname = internals.TCP.prototype.getsockname;
    this.getpeername = internals.TCP.prototype.getpeername;
    const parent = internals.streamParent;
    const getter = (name: string) => Object.getOwnPropertyDescriptor(parent, name)?.get as AnyFunction | undefined;
    this.fdOf = getter('fd');
    this.queueOf = getter('writeQueueSize');
    this.bytesReadOf = getter('bytesRead');
    this.bytesWrittenOf = getter('bytesWritten');
  }

  install(replacements: Replacements): void {
    for (const kind of ['tcp', 'pipe'] as const) {
      const proto = kind === 'tcp' ? this.internals.TCP.prototype : this.internals.Pipe.prototype;
      this.installBirth(proto, kind, replacements);
      this.installOnread(proto, kind, replacements);
      this.installTransfer(proto, replacements);
      this.installEnd(proto, replacements);
      // Node's HTTP server lets C++ read the socket unless the handle says that somebody else already does; this keeps the reads in
      // JavaScript, where they can be seen. On the prototype, so that no handle gets a property.
      replacements.define(proto, '_consumed', { value: true, writable: true, enumerable: false, configurable: true });
    }
  }

  /** The state of a handle, registering it when it is seen for the first time. */
  private ours(handle: Handle, kind: HandleState['kind'], origin: Origin, time = now()): HandleState {
    const known = this.recorder.state(handle);
    if (known !== undefined) return known;
    const state = this.recorder.register(handle, kind, origin);
    const owner = this.findOwner(handle);
    if (owner !== null) state.owner = this.recorder.owner(owner);
    this.recorder.op(OP.open, time, state, 0, origin, { args: { handle: kind, ...(state.owner ? { owner: state.owner.id } : {}) } });
    return state;
  }

  private findOwner(handle: Handle): object | null {
    this.ownerSymbol ??= Object.getOwnPropertySymbols(handle).find((symbol) => symbol.description === 'owner_symbol');
    const owner = this.ownerSymbol === undefined ? undefined : handle[this.ownerSymbol];
    return typeof owner === 'object' && owner !== null ? owner : null;
  }

  private fd(handle: Handle): number {
    const fd = this.fdOf?.call(handle);
    return typeof fd === 'number' ? fd : -1;
  }

  private queue(handle: Handle): number {
    const size = this.queueOf?.call(handle);
    return typeof size === 'number' ? size : -1;
  }

  private ask(lookup: AnyFunction, handle: Handle): Address | null {
    const out: { address?: string; port?: number } = {};
    if (lookup.call(handle, out) !== 0 || out.address === undefined) return null;
    return { address: out.address, port: out.port ?? 0 };
  }

  private origin(): Origin {
    return this.recorder.current;
  }

  /** open(fd), bind, listen, connect: what makes a handle one of ours. */
  private installBirth(proto: Handle, kind: 'tcp' | 'pipe', replacements: Replacements): void {
    const self = this;
    const { recorder } = this;
    const guarded = (where: string, action: () => void) => {
      try {
        if (recorder.on) action();
      } catch (error) {
        recorder.failed(where, error);
      }
    };
    replacements.method(proto, 'open', (original) =>
      disguise(function open(this: Handle, fd: number) {
        const result = original.call(this, fd);
        // 0, 1 and 2 are stdio; other pipes opened by number are Node's IPC channel unless the learner's own code did it.
        if (kind === 'tcp' || (fd > 2 && self.origin().site !== 0)) {
          guarded('open', () => {
            const state = self.ours(this, kind, self.origin());
            state.fd = fd;
            if (result === 0 && kind === 'tcp') {
              state.local = self.ask(self.getsockname, this);
              state.remote = self.ask(self.getpeername, this);
            }
          });
        }
        return result;
      }, original),
    );
    for (const name of kind === 'tcp' ? ['bind', 'bind6'] : ['bind']) {
      replacements.method(
        proto,
        name,
        (original) =>
          function (this: Handle, address: string, port: number, flags: number) {
            const time = now();
            const result = Reflect.apply(original, this, arguments);
            guarded('bind', () => {
              const origin = self.origin();
              const state = self.ours(this, kind, origin, time);
              state.fd = self.fd(this);
              let args: { [key: string]: unknown };
              if (kind === 'tcp') {
                const out: { address?: string; port?: number } = {};
                const error = result === 0 ? self.getsockname.call(this, out) : 0;
                if (out.address !== undefined) state.local = { address: out.address, port: out.port ?? 0 };
                args = { address, port, ...(flags ? { flags } : {}) };
                // libuv keeps EADDRINUSE for listen() or connect() and returns 0 from bind; getsockname tells.
                if (typeof error === 'number' && error < 0) args.delayed = error;
              } else {
                args = { path: address };
                if (result === 0) state.local = { path: address };
              }
              recorder.op(OP.bind, time, state, result, origin, { args, local: result === 0 ? state.local : null });
            });
            return result;
          },
      );
    }
    replacements.method(
      proto,
      'listen',
      (original) =>
        function (this: Handle, backlog: number) {
          const time = now();
          const result = Reflect.apply(original, this, arguments);
          guarded('listen', () => {
            const origin = self.origin();
            const state = self.ours(this, kind, origin, time);
            state.fd = self.fd(this);
            if (origin.site !== 0) state.origin = origin;
            if (state.local === null && kind === 'tcp') state.local = self.ask(self.getsockname, this);
            const owner = self.findOwner(this);
            if (owner !== null) state.owner = recorder.owner(owner);
            self.wrapOnconnection(this, state);
            const args = { backlog, ...(state.owner ? { owner: state.owner.id } : {}) };
            recorder.op(OP.listen, time, state, result, origin, { args, local: state.local });
          });
          return result;
        },
    );
    for (const name of kind === 'tcp' ? ['connect', 'connect6'] : ['connect']) {
      replacements.method(
        proto,
        name,
        (original) =>
          function (this: Handle, req: Handle, address: string, port: number) {
            const time = now();
            let state: HandleState | undefined;
            let origin = NO_ORIGIN;
            guarded('connect', () => {
              state = self.ours(this, kind, self.origin(), time);
              origin = self.origin().site !== 0 ? self.origin() : asCause(state.owner?.connect ?? state.origin);
              self.wrapConnected(req, this, state, origin);
            });
            const result = Reflect.apply(original, this, arguments);
            guarded('connect', () => {
              if (state === undefined) return;
              state.fd = self.fd(this);
              state.remote = kind === 'tcp' ? { address, port } : { path: address };
              const args = kind === 'tcp' ? { address, port } : { path: address };
              recorder.op(OP.connect, time, state, result, origin, { args, remote: state.remote });
            });
            return result;
          },
      );
    }
  }

  private wrapConnected(req: Handle, handle: Handle, state: HandleState, origin: Origin): void {
    const original = req.oncomplete;
    if (typeof original !== 'function') return;
    const self = this;
    req.oncomplete = disguise(function (this: Handle, status: number) {
      try {
        if (self.recorder.on) {
          if (status === 0 && state.kind === 'tcp' && !state.closed) {
            state.local = self.ask(self.getsockname, handle);
            state.remote = self.ask(self.getpeername, handle) ?? state.remote;
          }
          const ends = { local: status === 0 ? state.local : null, remote: state.remote };
          self.recorder.op(OP.connected, now(), state, status, asCause(origin), ends);
        }
      } catch (error) {
        self.recorder.failed('connected', error);
      }
      return Reflect.apply(original, this, arguments);
    }, original);
  }

  private wrapOnconnection(listener: Handle, listening: HandleState): void {
    const original = listener.onconnection;
    if (typeof original !== 'function') return;
    const self = this;
    const wrap = (target: AnyFunction) =>
      disguise(function (this: Handle, status: number, client: Handle) {
        try {
          if (self.recorder.on) self.accepted(listening, status, client);
        } catch (error) {
          self.recorder.failed('accept', error);
        }
        return Reflect.apply(target, this, arguments);
      }, target);
    if (!this.internals.isClusterPrimary()) {
      listener.onconnection = wrap(original);
      return;
    }
    // The round-robin primary replaces the function after listen().
    let set = original;
    let wrapped = wrap(original);
    Object.defineProperty(listener, 'onconnection', {
      configurable: true,
      enumerable: true,
      get: () => wrapped,
      set: (value) => {
        set = value;
        wrapped = typeof set === 'function' ? wrap(set) : set;
      },
    });
  }

  private accepted(listening: HandleState, status: number, client: Handle): void {
    const { recorder } = this;
    const time = now();
    const origin = asCause(listening.origin);
    if (status !== 0 || client === undefined) {
      recorder.op(OP.accept, time, listening, status, origin);
      return;
    }
    const state = recorder.register(client, listening.kind, origin);
    state.fd = this.fd(client);
    if (listening.kind === 'tcp') {
      state.local = this.ask(this.getsockname, client);
      state.remote = this.ask(this.getpeername, client);
    } else {
      state.local = listening.local;
      state.remote = { path: '' };
    }
    recorder.op(OP.accept, time, listening, state.fd, origin, { args: { accepted: state.id }, local: state.local, remote: state.remote });
  }

  private installOnread(proto: Handle, kind: 'tcp' | 'pipe', replacements: Replacements): void {
    const self = this;
    const parent = Object.getPrototypeOf(proto);
    replacements.define(proto, 'onread', {
      configurable: true,
      enumerable: kind === 'tcp' ? this.internals.onreadEnumerable : this.internals.onreadEnumerable,
      get(this: Handle) {
        const set = self.onreads.get(this);
        return set === undefined ? Reflect.get(parent, 'onread', this) : set;
      },
      set(this: Handle, value: unknown) {
        let installed = value;
        try {
          installed = self.onreadFor(this, kind, value);
        } catch (error) {
          self.recorder.failed('onread', error);
        }
        Reflect.set(parent, 'onread', installed, this);
      },
    });
  }

  private onreadFor(handle: Handle, kind: 'tcp' | 'pipe', value: unknown): unknown {
    const { recorder } = this;
    if (typeof value !== 'function' || !recorder.on) return value;
    const owner = this.findOwner(handle);
    // A pipe with the learner's connect() on the stack is a Unix-domain socket; every other new pipe is stdio or IPC.
    const connecting = owner !== null && recorder.owner(owner).connect !== null;
    if (recorder.state(handle) === undefined && kind === 'pipe' && !connecting) return value;
    const state = this.ours(handle, kind, connecting && owner ? (recorder.owner(owner).connect ?? this.origin()) : this.origin());
    if (owner !== null) {
      state.owner = recorder.owner(owner);
      if (state.fd === -1) {
        // A handle that came ready-made (from another process or thread).
        const fd = this.fd(handle);
        if (fd >= 0) {
          state.fd = fd;
          if (kind === 'tcp') {
            state.local = this.ask(this.getsockname, handle);
            state.remote = this.ask(this.getpeername, handle);
          }
        }
      }
    }
    const stream = owner as { writableLength?: number; readableLength?: number } | null;
    const original = value as AnyFunction;
    const wrapper = disguise(function (this: Handle, arrayBuffer: ArrayBuffer | undefined) {
      if (recorder.on) {
        try {
          self.read(state, stream, arrayBuffer);
        } catch (error) {
          recorder.failed('read', error);
        }
      }
      return original.call(this, arrayBuffer);
    }, original);
    const self = this;
    this.onreads.set(handle, value);
    return wrapper;
  }

  private read(
    state: HandleState,
    stream: { writableLength?: number; readableLength?: number } | null,
    arrayBuffer: ArrayBuffer | undefined,
  ): void {
    const { recorder, internals } = this;
    const { writer } = recorder;
    const base = internals.streamBaseState;
    const count = base[internals.kReadBytesOrError] as number;
    const offset = base[internals.kArrayBufferOffset] as number;
    writer.begin(OP.read, now(), state.id, state.fd, count, count > 0 ? count : count === UV_EOF ? 0 : -1);
    writer.readings(stream?.writableLength ?? -1, stream?.readableLength ?? -1, -1);
    if (count > 0) {
      state.bytesRead += count;
      if (arrayBuffer !== undefined && recorder.payloadLimit > 0) {
        const length = Math.min(count, recorder.payloadLimit);
        writer.payload(new Uint8Array(arrayBuffer, offset, length), 0, length);
      }
    }
    writer.end();
  }

  private installTransfer(proto: Handle, replacements: Replacements): void {
    const self = this;
    const { recorder } = this;
    replacements.method(
      proto,
      'writeBuffer',
      (original) =>
        function (this: Handle, req: unknown, data: Uint8Array) {
          const state = recorder.state(this);
          if (state === undefined || !recorder.on) return original.apply(this, arguments as never);
          const time = now();
          const result = original.call(this, req, data);
          self.wrote(this, state, time, req, result, 1, (limit) => {
            recorder.writer.payload(data, 0, Math.min(data.byteLength, limit));
          });
          return result;
        },
    );
    for (const [name, encoding] of Object.entries(STRING_WRITES)) {
      replacements.method(
        proto,
        name,
        (original) =>
          function (this: Handle, req: unknown, text: string) {
            const state = recorder.state(this);
            if (state === undefined || !recorder.on) return original.apply(this, arguments as never);
            const time = now();
            // A pipe that carries handles has a third argument.
            const result = Reflect.apply(original, this, arguments);
            self.wrote(this, state, time, req, result, 1, (limit) => {
              recorder.writer.payloadText(text, encoding, limit);
            });
            return result;
          },
      );
    }
    replacements.method(
      proto,
      'writev',
      (original) =>
        function (this: Handle, req: unknown, chunks: unknown[], allBuffers: boolean) {
          const state = recorder.state(this);
          if (state === undefined || !recorder.on) return original.apply(this, arguments as never);
          const time = now();
          const result = original.call(this, req, chunks, allBuffers);
          self.wrote(this, state, time, req, result, allBuffers ? chunks.length : chunks.length >> 1, (limit) => {
            self.vectorPayload(chunks, allBuffers, limit);
          });
          return result;
        },
    );
  }

  private vectorPayload(chunks: unknown[], allBuffers: boolean, limit: number): void {
    const { writer } = this.recorder;
    let left = limit;
    const step = allBuffers ? 1 : 2;
    for (let i = 0; i < chunks.length && left > 0; i += step) {
      const chunk = chunks[i];
      if (typeof chunk === 'string') {
        left -= writer.payloadText(chunk, chunks[i + 1] as BufferEncoding, left);
      } else {
        const bytes = chunk as Uint8Array;
        const length = Math.min(bytes.byteLength, left);
        writer.payload(bytes, 0, length);
        left -= length;
      }
    }
  }

  /** After a write: `result` is 0 or an error, or (Node 26) a WriteWrap that will complete. */
  private wrote(
    handle: Handle,
    state: HandleState,
    time: bigint,
    req: unknown,
    result: unknown,
    buffers: number,
    payload: (limit: number) => void,
  ): void {
    const { recorder, internals } = this;
    try {
      const { writer } = recorder;
      const base = internals.streamBaseState;
      const dispatched = typeof result === 'object' && result !== null;
      let status = typeof result === 'number' ? result : 0;
      if (dispatched && internals.kLastWriteErr !== undefined) status = base[internals.kLastWriteErr] as number;
      const bytes = base[internals.kBytesWritten] as number;
      const isAsync = status === 0 && (dispatched || (req !== null && base[internals.kLastWriteWasAsync] !== 0));
      const queue = isAsync ? this.queue(handle) : 0;
      const chunks = state.owner?.chunks;
      let origin = recorder.current;
      if (chunks !== undefined && chunks.length > 0) {
        const first = chunks.splice(0, buffers)[0] as Origin;
        if (origin.site === 0) origin = asCause(first);
      }
      const written = status === 0 ? (isAsync ? Math.max(0, bytes - queue) : bytes) : 0;
      if (status === 0) state.bytesWritten += bytes;
      writer.begin(OP.write, time, state.id, state.fd, status, bytes);
      writer.from(origin.api, origin.site, origin.isCause);
      writer.transfer(buffers, written, isAsync);
      const stream = this.findOwner(handle) as { writableLength?: number; readableLength?: number } | null;
      writer.readings(stream?.writableLength ?? -1, stream?.readableLength ?? -1, queue);
      if (recorder.payloadLimit > 0) payload(recorder.payloadLimit);
      writer.end();
      if (isAsync) this.watchWrite(handle, state, dispatched ? result : req, bytes, origin);
    } catch (error) {
      recorder.failed('write', error);
    }
  }

  /** Waits for an asynchronous write. Node 26 sets `oncomplete` after the write returned, older versions before. */
  private watchWrite(handle: Handle, state: HandleState, req: Handle, bytes: number, origin: Origin): void {
    const self = this;
    const cause = asCause(origin);
    const wrap = (target: AnyFunction) =>
      disguise(function (this: Handle, status: number) {
        try {
          if (self.recorder.on) {
            const stream = self.findOwner(handle) as { writableLength?: number; readableLength?: number } | null;
            const readings: [number, number, number] = [
              stream?.writableLength ?? -1,
              stream?.readableLength ?? -1,
              state.closed ? -1 : self.queue(handle),
            ];
            self.recorder.op(OP.writeDone, now(), state, status, cause, { bytes, readings });
          }
        } catch (error) {
          self.recorder.failed('writeDone', error);
        }
        return Reflect.apply(target, this, arguments);
      }, target);
    if (typeof req.oncomplete === 'function') {
      req.oncomplete = wrap(req.oncomplete);
      return;
    }
    Object.defineProperty(req, 'oncomplete', {
      configurable: true,
      enumerable: true,
      get: () => undefined,
      set(value) {
        const installed = typeof value === 'function' ? wrap(value) : value;
        Object.defineProperty(req, 'oncomplete', { value: installed, writable: true, enumerable: true, configurable: true });
      },
    });
  }

  private installEnd(proto: Handle, replacements: Replacements): void {
    const self = this;
    const { recorder } = this;
    replacements.method(
      proto,
      'shutdown',
      (original) =>
        function (this: Handle, req: Handle) {
          const state = recorder.state(this);
          if (state === undefined || !recorder.on) return original.call(this, req);
          const origin = self.endOrigin(state, false);
          const done = req.oncomplete;
          if (typeof done === 'function') {
            req.oncomplete = disguise(function (this: Handle, status: number) {
              if (recorder.on) recorder.op(OP.shutdownDone, now(), state, status, asCause(origin));
              return Reflect.apply(done, this, arguments);
            }, done);
          }
          const time = now();
          const result = original.call(this, req);
          recorder.op(OP.shutdown, time, state, result, origin);
          return result;
        },
    );
    const closing = (op: number) => (original: AnyFunction) =>
      function (this: Handle) {
        const state = recorder.state(this);
        if (state === undefined || !recorder.on || state.closed) return Reflect.apply(original, this, arguments);
        const origin = self.endOrigin(state, true);
        const args = self.unseen(this, state);
        const time = now();
        const result = Reflect.apply(original, this, arguments);
        state.closed = true;
        recorder.op(op, time, state, typeof result === 'number' ? result : 0, origin, args === null ? null : { args });
        return result;
      };
    replacements.method(proto, 'close', closing(OP.close));
    replacements.method(proto, 'reset', closing(OP.reset));
    for (const name of ['readStart', 'readStop'] as const) {
      replacements.method(
        proto,
        name,
        (original) =>
          function (this: Handle) {
            const state = recorder.state(this);
            if (state === undefined || !recorder.on) return original.call(this);
            const time = now();
            const result = original.call(this);
            recorder.op(OP[name], time, state, result, recorder.current);
            return result;
          },
      );
    }
    for (const name of ['setNoDelay', 'setKeepAlive', 'setTypeOfService']) {
      replacements.method(
        proto,
        name,
        (original) =>
          function (this: Handle, ...values: unknown[]) {
            const state = recorder.state(this);
            if (state === undefined || !recorder.on) return Reflect.apply(original, this, values);
            const time = now();
            const result = Reflect.apply(original, this, values);
            const option = name.charAt(3).toLowerCase() + name.slice(4);
            recorder.op(OP.option, time, state, result, recorder.current, {
              args: { name: option, value: values[0], values: values.slice(1) },
            });
            return result;
          },
      );
    }
    for (const name of ['getsockname', 'getpeername'] as const) {
      replacements.method(
        proto,
        name,
        (original) =>
          function (this: Handle, out: { address?: string; port?: number }) {
            const state = recorder.state(this);
            if (state === undefined || !recorder.on) return original.call(this, out);
            const time = now();
            const result = original.call(this, out);
            const args = result === 0 ? { address: out.address, port: out.port } : {};
            recorder.op(OP[name], time, state, result, recorder.current, { args });
            return result;
          },
      );
    }
  }

  /** The running call, else the end() or destroy() that made this happen later; nothing when an error did. */
  private endOrigin(state: HandleState, closing: boolean): Origin {
    const running = this.recorder.current;
    if (running.site !== 0) return running;
    const owner = state.owner;
    if (owner === null || owner.errorSaid) return NO_ORIGIN;
    return asCause((closing ? owner.destroy : null) ?? owner.end);
  }

  /** Bytes that C++ moved on this handle without JavaScript (TLS, HTTP/2). */
  private unseen(handle: Handle, state: HandleState): { unseenRead: number; unseenWritten: number } | null {
    const read = Number(this.bytesReadOf?.call(handle) ?? 0) - state.bytesRead;
    const written = Number(this.bytesWrittenOf?.call(handle) ?? 0) - state.bytesWritten;
    return read > 0 || written > 0 ? { unseenRead: Math.max(0, read), unseenWritten: Math.max(0, written) } : null;
  }
}
