import net from 'node:net';
import { asCause, NO_ORIGIN, OP, type Recorder } from './recorder';
import { now } from './stream-writer';
import type { AnyFunction, Replacements } from './wrap';

// biome-ignore lint/suspicious/noExplicitAny: private fields of net's classes
type Any = any;

/** Wrappers of net's public methods: they say which line of the program a handle operation comes from. */
export class NetApi {
  constructor(private readonly recorder: Recorder) {}

  install(replacements: Replacements): void {
    const { recorder } = this;
    const { Server, Socket } = net;
    /** A wrapper that only marks the running call. */
    const mark = (target: object, name: string, api: string, before?: (self: Any, args: IArguments) => void) => {
      const id = recorder.writer.string(api);
      replacements.method(
        target,
        name,
        (original) =>
          function (this: Any) {
            if (!recorder.on) return Reflect.apply(original, this, arguments);
            const previous = recorder.enter(id);
            if (before !== undefined) before(this, arguments);
            try {
              return Reflect.apply(original, this, arguments);
            } finally {
              recorder.leave(previous);
            }
          },
      );
    };
    this.installCreateServer(replacements);
    mark(Server.prototype, 'listen', 'server.listen', (server) => {
      recorder.owner(server).listen = recorder.current;
    });
    mark(Server.prototype, 'close', 'server.close');
    // What listen() ends in, at once or after a look-up; "legacy alias" that net itself calls.
    replacements.method(
      Server.prototype,
      '_listen2',
      (original) =>
        function (this: Any) {
          const listen = recorder.owner(this).listen;
          if (!recorder.on || recorder.current.site !== 0 || listen === null) return Reflect.apply(original, this, arguments);
          const previous = recorder.current;
          recorder.current = asCause(listen);
          try {
            return Reflect.apply(original, this, arguments);
          } finally {
            recorder.leave(previous);
          }
        },
    );
    mark(Socket.prototype, 'connect', 'socket.connect', (socket) => {
      recorder.owner(socket).connect = recorder.current;
    });
    this.installWrite(replacements);
    this.installEnd(replacements);
    const remember = (socket: Any) => {
      if (recorder.current.site !== 0) recorder.owner(socket).destroy = recorder.current;
    };
    mark(Socket.prototype, 'destroy', 'socket.destroy', remember);
    mark(Socket.prototype, 'destroySoon', 'socket.destroySoon', remember);
    mark(Socket.prototype, 'resetAndDestroy', 'socket.resetAndDestroy', remember);
    mark(Socket.prototype, 'setTimeout', 'socket.setTimeout');
    mark(Socket.prototype, 'setNoDelay', 'socket.setNoDelay');
    mark(Socket.prototype, 'setKeepAlive', 'socket.setKeepAlive');
    mark(Socket.prototype, 'pause', 'socket.pause');
    mark(Socket.prototype, 'resume', 'socket.resume');
    mark(Socket.prototype, 'address', 'socket.address');
    mark(Server.prototype, 'address', 'server.address');
  }

  private installCreateServer(replacements: Replacements): void {
    const { recorder } = this;
    const id = recorder.writer.string('net.createServer');
    replacements.method(
      net,
      'createServer',
      (original) =>
        function (this: Any) {
          if (!recorder.on) return Reflect.apply(original, this, arguments);
          const previous = recorder.enter(id);
          try {
            const time = now();
            const server = Reflect.apply(original, this, arguments);
            recorder.op(OP.api, time, undefined, 0, recorder.current, { args: { owner: recorder.owner(server).id } });
            return server;
          } finally {
            recorder.leave(previous);
          }
        },
    );
  }

  private installWrite(replacements: Replacements): void {
    const { recorder } = this;
    const id = recorder.writer.string('socket.write');
    replacements.method(
      net.Socket.prototype,
      'write',
      (original) =>
        function (this: Any) {
          const state = this._handle === null ? undefined : recorder.state(this._handle);
          if (state === undefined || !recorder.on) return Reflect.apply(original, this, arguments);
          const previous = recorder.enter(id);
          const owner = state.owner ?? recorder.owner(this);
          if (!this.writableEnded && !this.destroyed) owner.chunks.push(recorder.current);
          try {
            const result = Reflect.apply(original, this, arguments);
            if (result === false && !this.destroyed) {
              owner.needDrain = true;
              const readings: [number, number, number] = [this.writableLength, this.readableLength, -1];
              recorder.op(OP.api, now(), state, 0, recorder.current, { args: { returned: false }, readings });
            }
            return result;
          } finally {
            recorder.leave(previous);
          }
        },
    );
  }

  private installEnd(replacements: Replacements): void {
    const { recorder } = this;
    const id = recorder.writer.string('socket.end');
    replacements.method(
      net.Socket.prototype,
      'end',
      (original: AnyFunction) =>
        function (this: Any, chunk: unknown) {
          const state = this._handle === null ? undefined : recorder.state(this._handle);
          if (state === undefined || !recorder.on) return Reflect.apply(original, this, arguments);
          const previous = recorder.enter(id);
          const owner = state.owner ?? recorder.owner(this);
          try {
            if (recorder.current.site !== 0) {
              owner.end ??= recorder.current;
              recorder.op(OP.api, now(), state, 0, recorder.current, { args: { writableLength: this.writableLength } });
            }
            if (typeof chunk !== 'function' && chunk !== undefined && chunk !== null && !this.writableEnded && !this.destroyed)
              owner.chunks.push(recorder.current.site !== 0 ? recorder.current : NO_ORIGIN);
            return Reflect.apply(original, this, arguments);
          } finally {
            recorder.leave(previous);
          }
        },
    );
  }
}
