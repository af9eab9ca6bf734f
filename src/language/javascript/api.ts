/** Node's socket API as the finder needs it: what a module exports, what a class can do, what a callback is given. */
import type { ApiId } from '../../knowledge/apis';

export type ModuleName = 'net' | 'dgram' | 'http' | 'https' | 'http2' | 'tls';
export type ClassName =
  | 'net.Server'
  | 'net.Socket'
  | 'dgram.Socket'
  | 'http.Server'
  | 'http.IncomingMessage'
  | 'http.ServerResponse'
  | 'tls.Server'
  | 'tls.TLSSocket'
  | 'http2.Server';

export interface FunctionEntry {
  api: ApiId | null;
  returns: ClassName | null;
  /** Parameters of a function given as argument (always the last function argument). */
  callback?: readonly (ClassName | null)[];
}

export interface ModuleEntry {
  functions: Readonly<Record<string, FunctionEntry>>;
  classes: Readonly<Record<string, ClassName>>;
}

export interface ClassEntry {
  base?: ClassName;
  /** What `new` of it is called; null for classes that nobody constructs. */
  construct: ApiId | null;
  /** Methods that are calls we know. `self`: the method returns its object. */
  methods: Readonly<Record<string, { api: ApiId | null; self: boolean }>>;
  /** Events: what the listener is given, and the API id when a hover knows the event. */
  events: Readonly<Record<string, { api: ApiId | null; gives: readonly (ClassName | null)[] }>>;
  properties?: Readonly<Record<string, ClassName>>;
  callback?: readonly (ClassName | null)[];
}

const REQUEST = ['http.IncomingMessage', 'http.ServerResponse'] as const;

export const MODULES: Readonly<Record<ModuleName, ModuleEntry>> = {
  net: {
    functions: {
      createServer: { api: 'net.createServer', returns: 'net.Server', callback: ['net.Socket'] },
      connect: { api: 'net.connect', returns: 'net.Socket' },
      createConnection: { api: 'net.createConnection', returns: 'net.Socket' },
    },
    classes: { Socket: 'net.Socket', Stream: 'net.Socket', Server: 'net.Server' },
  },
  dgram: {
    functions: { createSocket: { api: 'dgram.createSocket', returns: 'dgram.Socket', callback: [] } },
    classes: { Socket: 'dgram.Socket' },
  },
  http: {
    functions: { createServer: { api: 'http.createServer', returns: 'http.Server', callback: REQUEST } },
    classes: { Server: 'http.Server', IncomingMessage: 'http.IncomingMessage', ServerResponse: 'http.ServerResponse' },
  },
  https: {
    functions: { createServer: { api: 'https.createServer', returns: 'http.Server', callback: REQUEST } },
    classes: { Server: 'http.Server' },
  },
  http2: {
    functions: {
      createServer: { api: 'http2.createServer', returns: 'http2.Server' },
      createSecureServer: { api: 'http2.createServer', returns: 'http2.Server' },
    },
    classes: {},
  },
  tls: {
    functions: {
      createServer: { api: 'tls.createServer', returns: 'tls.Server', callback: ['tls.TLSSocket'] },
      connect: { api: 'tls.connect', returns: 'tls.TLSSocket' },
    },
    classes: { Server: 'tls.Server', TLSSocket: 'tls.TLSSocket' },
  },
};

const self = (api: ApiId | null) => ({ api, self: true });
const plain = (api: ApiId | null) => ({ api, self: false });

export const CLASSES: Readonly<Record<ClassName, ClassEntry>> = {
  'net.Server': {
    construct: 'net.createServer',
    callback: ['net.Socket'],
    methods: { listen: self('server.listen'), close: self('server.close'), ref: self(null), unref: self(null) },
    events: { connection: { api: 'server.on(connection)', gives: ['net.Socket'] } },
  },
  'net.Socket': {
    construct: 'net.Socket',
    methods: {
      connect: self('socket.connect'),
      write: plain('socket.write'),
      end: self('socket.end'),
      destroy: self('socket.destroy'),
      destroySoon: plain('socket.end'),
      resetAndDestroy: self('socket.resetAndDestroy'),
      setTimeout: self('socket.setTimeout'),
      setKeepAlive: self('socket.setKeepAlive'),
      setNoDelay: self('socket.setNoDelay'),
      setEncoding: self(null),
      pause: self(null),
      resume: self(null),
      ref: self(null),
      unref: self(null),
    },
    events: {
      data: { api: 'socket.on(data)', gives: [null] },
      end: { api: 'socket.on(end)', gives: [] },
      close: { api: 'socket.on(close)', gives: [null] },
      connect: { api: 'socket.on(connect)', gives: [] },
      drain: { api: 'socket.on(drain)', gives: [] },
      error: { api: 'socket.on(error)', gives: [null] },
    },
  },
  'dgram.Socket': {
    construct: 'dgram.createSocket',
    methods: {
      bind: self('dgram.bind'),
      send: plain('dgram.send'),
      connect: plain('dgram.connect'),
      close: self('dgram.close'),
      ref: self(null),
      unref: self(null),
    },
    events: { message: { api: 'dgram.on(message)', gives: [null, null] } },
  },
  'http.Server': {
    base: 'net.Server',
    construct: 'http.createServer',
    callback: REQUEST,
    methods: { setTimeout: self(null) },
    events: {
      request: { api: null, gives: REQUEST },
      checkContinue: { api: null, gives: REQUEST },
      upgrade: { api: null, gives: ['http.IncomingMessage', 'net.Socket', null] },
      connect: { api: null, gives: ['http.IncomingMessage', 'net.Socket', null] },
      clientError: { api: null, gives: [null, 'net.Socket'] },
    },
  },
  'http.IncomingMessage': {
    construct: null,
    methods: {},
    events: {},
    properties: { socket: 'net.Socket', connection: 'net.Socket' },
  },
  'http.ServerResponse': { construct: null, methods: {}, events: {}, properties: { socket: 'net.Socket', connection: 'net.Socket' } },
  'tls.Server': {
    base: 'net.Server',
    construct: 'tls.createServer',
    callback: ['tls.TLSSocket'],
    methods: {},
    events: { secureConnection: { api: null, gives: ['tls.TLSSocket'] } },
  },
  'tls.TLSSocket': { base: 'net.Socket', construct: null, methods: {}, events: {} },
  'http2.Server': { base: 'net.Server', construct: null, methods: { setTimeout: self(null) }, events: {} },
};

/** Methods by which a listener is added; they return their object. */
export const LISTENER_METHODS: ReadonlySet<string> = new Set(['on', 'once', 'addListener', 'prependListener', 'prependOnceListener']);

/** The class and its bases, nearest first. */
export function lineage(name: ClassName): ClassEntry[] {
  const found: ClassEntry[] = [];
  for (let at: ClassName | undefined = name; at; at = CLASSES[at].base) found.push(CLASSES[at]);
  return found;
}

/** The first entry along the lineage that `pick` finds. */
export function fromLineage<T>(name: ClassName, pick: (entry: ClassEntry) => T | undefined): T | undefined {
  for (const entry of lineage(name)) {
    const value = pick(entry);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** `net`, for `net` and `node:net`; null for any other module. */
export function moduleNamed(specifier: string): ModuleName | null {
  const bare = specifier.startsWith('node:') ? specifier.slice(5) : specifier;
  return Object.hasOwn(MODULES, bare) ? (bare as ModuleName) : null;
}

/** Names of module functions and classes: they may stand alone, and may be given other names. */
export const EXPORT_NAMES: ReadonlySet<string> = new Set(
  Object.values(MODULES).flatMap((entry) => [
    ...Object.keys(entry.functions),
    ...Object.keys(entry.classes).filter((name) => CLASSES[entry.classes[name] as ClassName].construct),
  ]),
);

/** Every name that can be a call we report: the words that the finder looks for. */
export const CALL_NAMES: ReadonlySet<string> = new Set([
  ...EXPORT_NAMES,
  ...Object.values(CLASSES).flatMap((entry) => Object.keys(entry.methods).filter((name) => entry.methods[name]?.api)),
  ...LISTENER_METHODS,
]);
