import { asCause, NO_ORIGIN, type Origin } from './call-sites';
import { type HandleState, OP } from './recorder';
import type { StreamContext } from './stream-hooks';
import { originOfChunks } from './stream-write';
import { now } from './stream-writer';
import { type AnyHandle, disguise, type Replacements } from './wrap';

const UV_EOF = -4095;
/** What libuv offers a read; TLSWrap gives less when its buffer holds a part of a record. */
const READ_MOST = 65536;
/** Sockets that are looked at in each turn of the event loop; of more, calls that no JavaScript follows stand together as one. */
const LOOKED_AT = 64;
/** More than this in one go may have been several writes (src/node_bio.h: buffers of 16 KiB; src/crypto/crypto_tls.cc EncOut: ten at a time). */
const ONE_WRITE = 16 * 1024 + 256;
const WRITES = ['writeBuffer', 'writeUtf8String', 'writeLatin1String', 'writeAsciiString', 'writeUcs2String', 'writev'];
/** Methods of TLSWrap in which bytes may pass. */
const ACTS = ['start', 'certCbDone', 'newSessionDone', 'loadSession', 'renegotiate', 'receive', 'readStart', 'destroySSL'];

const setImmediateOfNode = setImmediate;

/** A socket whose bytes TLSWrap moves: C++ sits on the TCP or pipe handle, and JavaScript sees plain text only. */
interface Covered {
  readonly handle: AnyHandle;
  read: number;
  /** Bytes that the kernel has taken. */
  taken: number;
  named: boolean;
  /** HTTP/2 writes as it likes: what moved since the last look may have been several writes. */
  http2: boolean;
  /** Something was to be written, and waits for a write that is under way: the next movement may be several writes. */
  waits: boolean;
}

/**
 * TLS. The calls on the socket are read off the handle's own counters, after everything that may have moved them and once in each turn of
 * the event loop: sizes of ciphertext, without payload. Plain text is never recorded.
 */
export class TlsHooks {
  private readonly byTls = new WeakMap<object, Covered>();
  private readonly byHandle = new WeakMap<object, Covered>();
  private readonly live = new Set<Covered>();
  private ticking = false;
  private readonly apiName: number;

  constructor(
    private readonly context: StreamContext,
    private readonly binding: AnyHandle,
  ) {
    this.apiName = context.recorder.writer.string('tls');
  }

  install(replacements: Replacements): void {
    const proto = this.binding?.TLSWrap?.prototype;
    const original = this.binding?.wrap;
    if (proto === undefined || typeof original !== 'function') return;
    const cover = (handle: AnyHandle, tls: AnyHandle, isServer: unknown) => this.cover(handle, tls, isServer === true);
    const { recorder } = this.context;
    const wrap = function (this: unknown, ...args: unknown[]) {
      const tls = Reflect.apply(original, this, args);
      recorder.guarded('tls', () => cover(args[0], tls, args[2]));
      return tls;
    };
    replacements.define(this.binding, 'wrap', { value: disguise(wrap, original), writable: true, enumerable: true, configurable: true });
    const hooks = this;
    for (const name of ACTS) {
      replacements.method(
        proto,
        name,
        (method) =>
          function (this: AnyHandle, ...args: unknown[]) {
            const result = Reflect.apply(method, this, args);
            hooks.lookAt(this, NO_ORIGIN);
            return result;
          },
      );
    }
    for (const name of WRITES) {
      replacements.method(
        proto,
        name,
        (method) =>
          function (this: AnyHandle, ...args: unknown[]) {
            const result = Reflect.apply(method, this, args);
            recorder.guarded('tls', () => hooks.wrote(this, name === 'writev' ? args : null));
            return result;
          },
      );
    }
    replacements.method(
      proto,
      'getALPNNegotiatedProtocol',
      (method) =>
        function (this: AnyHandle, ...args: unknown[]) {
          const alpn = Reflect.apply(method, this, args);
          recorder.guarded('tls', () => hooks.setUp(this, alpn));
          return alpn;
        },
    );
    replacements.method(
      proto,
      'shutdown',
      (method) =>
        function (this: AnyHandle, req: AnyHandle) {
          return hooks.shutdown(this, req, () => Reflect.apply(method, this, [req]));
        },
    );
  }

  /** What passed below JavaScript until now; call it before the handle closes. */
  beforeClose(handle: object): void {
    const covered = this.byHandle.get(handle);
    if (covered === undefined) return;
    this.look(covered, NO_ORIGIN);
    this.live.delete(covered);
  }

  private cover(handle: AnyHandle, tls: AnyHandle, isServer: boolean): void {
    const { recorder, looks } = this.context;
    // Over a JavaScript stream (TLS in TLS, a program's own Duplex) there is no socket right below.
    if (handle !== Object(handle) || !(handle instanceof this.context.internals.TCP || handle instanceof this.context.internals.Pipe))
      return;
    const covered: Covered = {
      handle,
      read: Math.max(0, looks.bytesRead(handle)),
      taken: Math.max(0, looks.bytesWritten(handle)),
      named: false,
      http2: false,
      waits: false,
    };
    this.byTls.set(tls, covered);
    this.byHandle.set(handle, covered);
    this.live.add(covered);
    const state = recorder.state(handle);
    if (state !== undefined) this.sayStart(state, isServer);
    this.watchRead(tls, covered);
    this.tick();
  }

  private sayStart(state: HandleState, isServer: boolean): void {
    this.context.recorder.op(
      OP.api,
      now(),
      state,
      0,
      { ...NO_ORIGIN, api: this.apiName },
      { args: { event: 'TLS starts', server: isServer } },
    );
  }

  /** The handshake is over: Node asks which protocol was agreed on. */
  private setUp(tls: AnyHandle, alpn: unknown): void {
    const covered = this.byTls.get(tls);
    const state = covered === undefined ? undefined : this.context.recorder.state(covered.handle);
    if (covered === undefined || state === undefined || covered.named) return;
    covered.named = true;
    covered.http2 = alpn === 'h2';
    this.look(covered, NO_ORIGIN);
    const args: { [key: string]: unknown } = { event: 'TLS is set up', protocol: tls.getProtocol(), cipher: tls.getCipher()?.name };
    if (typeof alpn === 'string') args.alpn = alpn;
    this.context.recorder.op(OP.api, now(), state, 0, { ...NO_ORIGIN, api: this.apiName }, { args });
  }

  /** `onread` of one TLSWrap: Node sets it once, and it runs when plain text or an end comes out. */
  private watchRead(tls: AnyHandle, covered: Covered): void {
    const proto = Object.getPrototypeOf(tls);
    const native = Object.getOwnPropertyDescriptor(proto, 'onread');
    const hooks = this;
    let given: unknown;
    const descriptor: PropertyDescriptor = {
      configurable: true,
      enumerable: false,
      get: () => given,
      set(this: AnyHandle, value: unknown) {
        given = value;
        const installed =
          typeof value === 'function'
            ? function (this: AnyHandle, data: unknown) {
                hooks.context.recorder.guarded('tls', () => hooks.plain(covered, tls));
                return value.call(this, data);
              }
            : value;
        if (native?.set !== undefined) {
          native.set.call(this, installed);
        } else {
          Reflect.deleteProperty(this, 'onread');
          this.onread = installed;
          Object.defineProperty(this, 'onread', descriptor);
        }
        hooks.context.recorder.guarded('tls', () => hooks.adopt(covered, this));
      },
    };
    Object.defineProperty(tls, 'onread', descriptor);
  }

  /** The TLSSocket, whose calls the program makes, is the one that the socket belongs to now. */
  private adopt(covered: Covered, tls: AnyHandle): void {
    const { recorder, looks } = this.context;
    const owner = looks.owner(tls);
    const state = recorder.state(covered.handle);
    if (owner === null || state === undefined) return;
    state.owner = recorder.owner(owner);
    state.owner.handle = state;
    recorder.alias(tls, state);
  }

  /** Plain text, an end or an error comes out. */
  private plain(covered: Covered, tls: AnyHandle): void {
    const { recorder, internals } = this.context;
    this.look(covered, NO_ORIGIN);
    const count = internals.streamBaseState[internals.kReadBytesOrError] as number;
    const state = recorder.state(covered.handle);
    if (count >= 0 || state === undefined) return;
    const { writer } = recorder;
    const stream = this.context.looks.owner(tls);
    writer.begin(OP.read, now(), state.id, state.fd, count, count === UV_EOF ? 0 : -1);
    if (stream !== null) writer.readings(stream.writableLength, stream.readableLength, -1);
    writer.meta({ args: { below: 'tls', wake: writer.turn || undefined } });
    writer.end();
  }

  private wrote(tls: AnyHandle, chunks: unknown[] | null): void {
    const covered = this.byTls.get(tls);
    if (covered === undefined) return;
    const state = this.context.recorder.state(covered.handle);
    if (state === undefined) return;
    const count = chunks === null ? 1 : chunks[2] === true ? (chunks[1] as unknown[]).length : (chunks[1] as unknown[]).length >> 1;
    this.look(covered, originOfChunks(this.context.origin, state, count), true);
  }

  private shutdown(tls: AnyHandle, req: AnyHandle, call: () => unknown): unknown {
    const covered = this.byTls.get(tls);
    const { recorder } = this.context;
    const state = covered === undefined ? undefined : recorder.state(covered.handle);
    if (covered === undefined || state === undefined || !recorder.on) return call();
    const origin = this.context.endOrigin(state, false);
    const done = req.oncomplete;
    if (typeof done === 'function') {
      req.oncomplete = (...args: unknown[]) => {
        recorder.guarded('tls', () => {
          this.look(covered, NO_ORIGIN);
          recorder.op(OP.shutdownDone, now(), state, typeof args[0] === 'number' ? args[0] : 0, asCause(origin));
        });
        req.oncomplete = done;
        return Reflect.apply(done, req, args);
      };
    }
    const time = now();
    const result = call();
    recorder.guarded('tls', () => {
      this.look(covered, origin, true);
      recorder.op(OP.shutdown, time, state, typeof result === 'number' ? result : 0, origin);
    });
    return result;
  }

  private lookAt(tls: object, origin: Origin): void {
    const covered = this.byTls.get(tls);
    if (covered !== undefined) this.context.recorder.guarded('tls', () => this.look(covered, origin));
  }

  /** `asks`: something was just to be written. Records what the counters moved by since the last look: a record is read before it is answered, so reads come first. */
  private look(covered: Covered, origin: Origin, asks = false): void {
    const { recorder, looks } = this.context;
    const { handle } = covered;
    const state = recorder.state(handle);
    if (state === undefined || state.closed || !recorder.on) return;
    const { writer } = recorder;
    const time = now();
    const read = looks.bytesRead(handle);
    for (let left = read - covered.read; left > 0; left -= READ_MOST) {
      const count = Math.min(left, READ_MOST);
      writer.begin(OP.read, time, state.id, state.fd, count, count);
      writer.meta({ args: { below: 'tls', wake: writer.turn || undefined } });
      writer.end();
    }
    if (read > covered.read) covered.read = read;
    state.bytesRead = Math.max(state.bytesRead, read);
    const asked = looks.bytesWritten(handle);
    const queue = Math.max(0, looks.queue(handle));
    const taken = asked - queue - covered.taken;
    if (taken <= 0) {
      covered.waits ||= asks;
    } else {
      covered.taken += taken;
      writer.begin(OP.write, time, state.id, state.fd, 0, taken);
      writer.from(origin.api, origin.site, origin.isCause);
      writer.readings(-1, -1, queue);
      writer.meta({
        args: {
          below: 'tls',
          buffers: 1,
          async: false,
          written: taken,
          ...(taken > ONE_WRITE || covered.http2 || covered.waits ? { several: true } : {}),
        },
      });
      writer.end();
      covered.waits = false;
    }
    state.bytesWritten = Math.max(state.bytesWritten, asked);
  }

  /** Once in each turn of the event loop, without keeping it alive: an unref'ed immediate neither stops the loop from waiting nor from ending. */
  private tick(): void {
    if (this.ticking) return;
    this.ticking = true;
    setImmediateOfNode(() => {
      this.ticking = false;
      let count = 0;
      for (const covered of this.live) {
        if (++count > LOOKED_AT) break;
        this.context.recorder.guarded('tls', () => this.look(covered, NO_ORIGIN));
      }
      if (this.live.size > 0 && this.context.recorder.on) this.tick();
    }).unref();
  }
}
