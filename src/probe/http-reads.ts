import { OP } from './recorder';
import type { StreamContext } from './stream-hooks';
import { now } from './stream-writer';
import { type AnyFunction, type AnyHandle, disguise, type Replacements } from './wrap';

/** Functions that C++ calls while it parses one read, by the names of their places in the parser. */
const CALLBACKS = ['kOnHeaders', 'kOnHeadersComplete', 'kOnBody', 'kOnMessageComplete'] as const;

/**
 * Reads of Node's HTTP server. It lets C++ read the socket and parse what came (`parser.consume(handle)`), so no `onread` is called.
 * Each read then leads to at least one call into JavaScript, at the latest `kOnExecute`, and during that call the parser holds the
 * bytes of that read and the handle has counted them (node_http_parser.cc, OnStreamRead and Execute). Keeping the reads in
 * JavaScript instead would change the order in which a program's callbacks run: C++ lets ticks run after each piece of a body.
 *
 * Node looks at `handle._consumed` just before it consumes: that is the moment to get at the parser, without loading anything early.
 */
export function hookHttpReads(context: StreamContext, proto: AnyHandle, replacements: Replacements): void {
  const { recorder, looks } = context;
  const parsers = new HttpParsers(context);
  replacements.define(proto, '_consumed', {
    configurable: true,
    enumerable: false,
    get(this: AnyHandle) {
      recorder.guarded('http', () => {
        const parser = looks.owner(this)?.parser;
        if (typeof parser === 'object' && parser !== null) parsers.watch(parser, this);
      });
      return undefined;
    },
    set(this: AnyHandle, value: unknown) {
      Object.defineProperty(this, '_consumed', { value, writable: true, enumerable: true, configurable: true });
    },
  });
}

class HttpParsers {
  /** The handle that a parser reads from. Parsers are used again for other connections. */
  private readonly handles = new WeakMap<object, AnyHandle>();
  private readonly wrapped = new WeakSet<object>();

  constructor(private readonly context: StreamContext) {}

  watch(parser: AnyHandle, handle: AnyHandle): void {
    if (this.context.recorder.state(handle) === undefined) return;
    const places = parser.constructor;
    const missing = [...CALLBACKS, 'kOnExecute'].some((name) => typeof places[name] !== 'number');
    if (missing || typeof parser.getCurrentBuffer !== 'function') {
      this.context.recorder.sayBelow();
      return;
    }
    this.handles.set(parser, handle);
    for (const name of CALLBACKS) {
      const place = places[name];
      if (typeof parser[place] === 'function' && !this.wrapped.has(parser[place])) parser[place] = this.wrapper(parser, parser[place]);
    }
    this.onAssigned(parser, places.kOnExecute);
  }

  /** Node sets this function after it consumed, in the same turn. */
  private onAssigned(parser: AnyHandle, place: number): void {
    const data = (value: unknown) => ({ value, writable: true, enumerable: true, configurable: true });
    Object.defineProperty(parser, place, {
      enumerable: true,
      configurable: true,
      get: () => null,
      set: (value) => {
        Object.defineProperty(parser, place, data(typeof value === 'function' ? this.wrapper(parser, value) : value));
      },
    });
  }

  private wrapper(parser: AnyHandle, original: AnyFunction): AnyFunction {
    const read = (): void => this.read(parser);
    const wrapper = Object.hasOwn(original, 'prototype')
      ? function (this: unknown, ...args: unknown[]) {
          read();
          return Reflect.apply(original, this, args);
        }
      : // A bound function, which has no prototype and does not look at `this`.
        (...args: unknown[]) => {
          read();
          return original(...args);
        };
    this.wrapped.add(wrapper);
    return disguise(wrapper, original);
  }

  /** Records the read that is being parsed, unless it has been: the handle has counted more bytes than were recorded. */
  private read(parser: AnyHandle): void {
    const { recorder, looks } = this.context;
    if (!recorder.on) return;
    const handle = this.handles.get(parser);
    const state = recorder.state(handle);
    if (state === undefined || state.closed) return;
    const count = looks.bytesRead(handle) - state.bytesRead;
    if (count <= 0) return;
    recorder.guarded('http read', () => {
      const { writer } = recorder;
      state.bytesRead += count;
      const bytes: Uint8Array | undefined = recorder.payloadLimit > 0 ? parser.getCurrentBuffer() : undefined;
      const stream = looks.owner(handle);
      writer.begin(OP.read, now(), state.id, state.fd, count, count);
      if (stream !== null) writer.readings(stream.writableLength, stream.readableLength, -1);
      writer.wake();
      if (bytes?.length === count) writer.payload(bytes, Math.min(count, recorder.payloadLimit));
      writer.end();
    });
  }
}
