import { asCause, NO_ORIGIN, type Origin } from './call-sites';
import { HandleLooks, nameOrNull } from './handle-looks';
import type { Internals } from './internals';
import { type HandleState, OP, type Recorder } from './recorder';
import { now } from './stream-writer';
import { type AnyFunction, type AnyHandle, disguise, type Replacements } from './wrap';

type Values = unknown[];
type Args = { [key: string]: unknown };

const OPTIONS: Record<string, (values: Values) => Args> = {
  setBroadcast: ([value]) => ({ name: 'broadcast', value }),
  setTTL: ([value]) => ({ name: 'ttl', value }),
  setMulticastTTL: ([value]) => ({ name: 'multicastTTL', value }),
  setMulticastLoopback: ([value]) => ({ name: 'multicastLoopback', value }),
  setMulticastInterface: ([value]) => ({ name: 'multicastInterface', value }),
  addMembership: ([value, networkInterface]) => ({ name: 'addMembership', value, interface: networkInterface }),
  dropMembership: ([value, networkInterface]) => ({ name: 'dropMembership', value, interface: networkInterface }),
  addSourceSpecificMembership: ([source, value]) => ({ name: 'addSourceSpecificMembership', value, source }),
  dropSourceSpecificMembership: ([source, value]) => ({ name: 'dropSourceSpecificMembership', value, source }),
};

/** Hooks on the prototype of UDP handles. */
export class DatagramHooks {
  readonly looks: HandleLooks;

  constructor(
    private readonly recorder: Recorder,
    private readonly internals: Internals,
  ) {
    this.looks = new HandleLooks(internals.UDP.prototype, internals.UDP.prototype);
  }

  /** The state of a UDP handle; registers it, with an `open` record, when it is new. `received`: it may have come with its descriptor. */
  ours(handle: AnyHandle, origin: Origin, time: bigint, received = false): HandleState {
    const known = this.recorder.state(handle);
    if (known !== undefined) return known;
    const state = this.recorder.register(handle, 'udp', origin);
    const owner = this.looks.owner(handle);
    if (owner !== null) {
      state.owner = this.recorder.owner(owner);
      state.owner.handle = state;
    }
    const six = owner?.type === 'udp6' || Object.hasOwn(handle, 'bind');
    const args: Args = { handle: 'udp', family: six ? 6 : 4 };
    const fd = received ? this.looks.fd(handle) : -1;
    if (fd >= 0) {
      this.recorder.setFd(state, fd);
      state.local = nameOrNull(this.looks.local(handle));
      args.received = true;
    }
    this.recorder.op(OP.open, time, state, 0, origin, { args, local: state.local });
    return state;
  }

  install(replacements: Replacements): void {
    const proto = this.internals.UDP.prototype;
    for (const name of ['bind', 'bind6']) {
      this.simple(proto, name, OP.bind, replacements, ([address, port, flags]) => ({ address, port, ...(flags ? { flags } : {}) }));
    }
    for (const name of ['connect', 'connect6']) {
      this.simple(proto, name, OP.udpConnect, replacements, ([address, port]) => ({ address, port }));
    }
    this.simple(proto, 'open', OP.bind, replacements, ([fd]) => ({ fd }));
    this.simple(proto, 'disconnect', OP.udpDisconnect, replacements);
    for (const [name, args] of Object.entries(OPTIONS)) this.simple(proto, name, OP.option, replacements, args);
    this.simple(proto, 'bufferSize', OP.option, replacements, ([size, isReceive], result) => {
      const which = isReceive ? 'ecvBufferSize' : 'endBufferSize';
      if (size === 0) return { name: isReceive ? `getR${which}` : `getS${which}`, value: result };
      return { name: isReceive ? `r${which}` : `s${which}`, value: size };
    });
    for (const name of ['getsockname', 'getpeername'] as const) {
      this.simple(proto, name, OP[name], replacements, ([out]) => ({
        address: (out as AnyHandle)?.address,
        port: (out as AnyHandle)?.port,
      }));
    }
    this.simple(proto, 'recvStop', OP.readStop, replacements);
    this.hookReceive(proto, replacements);
    for (const name of ['send', 'send6']) this.hookSend(proto, name, replacements);
    this.hookClose(proto, replacements);
  }

  private simple(
    proto: AnyHandle,
    name: string,
    op: number,
    replacements: Replacements,
    args?: (values: Values, result: unknown) => Args,
  ): void {
    const { recorder } = this;
    replacements.method(proto, name, (original) =>
      this.disguisable((handle, values) => {
        const time = now();
        const result = Reflect.apply(original, handle, values);
        recorder.guarded(name, () => {
          const origin = recorder.sites.current;
          const state = this.ours(handle, origin, time);
          if (state.fd === -1) recorder.setFd(state, this.looks.fd(handle));
          const status = typeof result === 'number' && op !== OP.option ? result : typeof result === 'number' && result < 0 ? result : 0;
          if (status === 0 && (op === OP.bind || op === OP.udpConnect)) state.local = nameOrNull(this.looks.local(handle));
          if (status === 0 && op === OP.udpConnect) state.remote = this.looks.remote(handle);
          const ends = op === OP.bind || op === OP.udpConnect ? { local: state.local, remote: state.remote } : {};
          recorder.op(op, time, state, status, origin, { args: args?.(values, result), ...ends });
        });
        return result;
      }),
    );
  }

  /** A method of which `body` gets `this` as its first argument. */
  private disguisable(body: (handle: AnyHandle, values: Values) => unknown): AnyFunction {
    return function (this: AnyHandle, ...values: Values) {
      return body(this, values);
    };
  }

  /** UDP.send(req, list, count, [port, address,] hasCallback) returns an error, 0 (queued) or the byte count + 1 (sent). */
  private hookSend(proto: AnyHandle, name: string, replacements: Replacements): void {
    const { recorder } = this;
    replacements.method(proto, name, (original) =>
      this.disguisable((handle, values) => {
        if (!recorder.on) return Reflect.apply(original, handle, values);
        const time = now();
        const result = Reflect.apply(original, handle, values);
        recorder.guarded('send', () => {
          const origin = recorder.sites.current;
          const state = this.ours(handle, origin, time);
          if (state.fd === -1) recorder.setFd(state, this.looks.fd(handle));
          const buffers = values[1] as Uint8Array[];
          let bytes = 0;
          for (const buffer of buffers) bytes += buffer.byteLength;
          const target = typeof values[3] === 'number' ? { address: String(values[4]), port: values[3] } : {};
          const isAsync = result === 0;
          const { writer } = recorder;
          writer.begin(OP.send, time, state.id, state.fd, result >= 1 ? result - 1 : result, bytes);
          writer.from(origin.api, origin.site, origin.isCause);
          writer.transfer(buffers.length, result >= 1 ? result - 1 : 0, isAsync);
          writer.meta({ args: target });
          let left = recorder.payloadLimit;
          for (const buffer of buffers) {
            if (left <= 0) break;
            left -= writer.payload(buffer, Math.min(buffer.byteLength, left));
          }
          writer.end();
          if (isAsync) this.watchSend(values[0], state, bytes, { ...target, async: true }, asCause(origin));
        });
        return result;
      }),
    );
  }

  /** Only a send with a callback has a completion that can be seen. */
  private watchSend(req: AnyHandle, state: HandleState, bytes: number, args: Args, cause: Origin): void {
    const done = req?.oncomplete;
    if (typeof done !== 'function') return;
    const { recorder } = this;
    req.oncomplete = function (this: AnyHandle, ...values: Values) {
      recorder.guarded('sendDone', () => {
        recorder.op(OP.sendDone, now(), state, typeof values[0] === 'number' ? values[0] : 0, cause, { args, bytes });
      });
      req.oncomplete = done;
      return Reflect.apply(done, this, values);
    };
  }

  private hookReceive(proto: AnyHandle, replacements: Replacements): void {
    const { recorder } = this;
    const wrapped = new WeakSet<object>();
    replacements.method(proto, 'recvStart', (original) =>
      this.disguisable((handle, values) => {
        const time = now();
        recorder.guarded('recvStart', () => {
          const message = handle.onmessage;
          if (typeof message !== 'function' || wrapped.has(message)) return;
          const wrapper = disguise(this.receiver(this.ours(handle, recorder.sites.current, time, true), message), message);
          wrapped.add(wrapper);
          handle.onmessage = wrapper;
        });
        const result = Reflect.apply(original, handle, values);
        recorder.guarded('recvStart', () => {
          const state = this.ours(handle, recorder.sites.current, time);
          if (state.fd === -1) recorder.setFd(state, this.looks.fd(handle));
          recorder.op(OP.readStart, time, state, typeof result === 'number' ? result : 0, NO_ORIGIN);
        });
        return result;
      }),
    );
  }

  /** onmessage(count, handle, buffer, {address, family, port}). */
  private receiver(state: HandleState, original: AnyFunction): AnyFunction {
    const { recorder } = this;
    const { writer } = recorder;
    return function (this: AnyHandle, ...values: Values) {
      recorder.guarded('recv', () => {
        const count = typeof values[0] === 'number' ? values[0] : 0;
        const bytes = values[2] as Uint8Array | undefined;
        const from = values[3] as { address: string; port: number } | null | undefined;
        writer.begin(OP.recv, now(), state.id, state.fd, count, count >= 0 ? count : -1);
        writer.wake();
        if (from !== undefined && from !== null) {
          const remote = { address: from.address, port: from.port };
          writer.meta({ args: remote, remote });
        }
        if (count > 0 && bytes !== undefined) writer.payload(bytes, Math.min(count, recorder.payloadLimit));
        writer.end();
      });
      return Reflect.apply(original, this, values);
    };
  }

  private hookClose(proto: AnyHandle, replacements: Replacements): void {
    const { recorder } = this;
    replacements.method(proto, 'close', (original) =>
      this.disguisable((handle, values) => {
        const state = recorder.state(handle);
        const time = now();
        const result = Reflect.apply(original, handle, values);
        if (state !== undefined && !state.closed) {
          recorder.guarded('close', () => {
            state.closed = true;
            recorder.op(OP.close, time, state, 0, recorder.sites.current);
          });
        }
        return result;
      }),
    );
  }
}
