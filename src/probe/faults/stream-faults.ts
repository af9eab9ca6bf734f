import type { FaultName } from '../../contracts/faults';
import { asCause, TOOL_ORIGIN } from '../call-sites';
import type { HandleState } from '../recorder';
import type { StreamContext } from '../stream-hooks';
import { now } from '../stream-writer';
import { type AnyFunction, type AnyHandle, findDescriptor, type Replacements } from '../wrap';
import { faultyConnect, type PendingConnect } from './connect-faults';
import { type FaultLog, soon, uvError } from './fault-log';
import type { FaultPlan, SocketFaults } from './fault-plan';
import { type HandleBelow, ReadGate } from './read-gate';
import { WriteGate } from './write-gate';

const READ_FAULTS: readonly FaultName[] = ['split-read', 'join-read', 'delay-read', 'slow-reader', 'reset-after'];
const STREAM_FAULTS: readonly FaultName[] = [...READ_FAULTS, 'short-write'];
const STRING_WRITES: Record<string, BufferEncoding> = {
  writeUtf8String: 'utf8',
  writeLatin1String: 'latin1',
  writeAsciiString: 'latin1',
  writeUcs2String: 'utf16le',
};

/** One stream handle with faults. */
interface Subject {
  state: HandleState;
  faults: SocketFaults;
  read: ReadGate;
  write: WriteGate;
  connecting: PendingConnect | null;
  /** The program has closed it. */
  closed: boolean;
}

/**
 * The faults on TCP and Pipe handles. They lie over the recording hooks: what reaches those really happens, and is recorded as it
 * happens; what the program is given instead is said by events of kind `fault`.
 */
export class StreamFaults {
  private readonly subjects = new WeakMap<object, Subject>();
  /** Buffers of the `onread` option, until there is a subject to keep them. */
  private readonly userBuffers = new WeakMap<object, { own: Uint8Array; user: Uint8Array }>();
  private readonly names: ReadonlySet<FaultName>;

  constructor(
    private readonly context: StreamContext,
    private readonly plan: FaultPlan,
    private readonly log: FaultLog,
  ) {
    this.names = plan.names;
  }

  install(proto: AnyHandle, kind: 'tcp' | 'pipe', replacements: Replacements): void {
    this.hookConnect(proto, kind, replacements);
    this.hookRead(proto, replacements);
    if (this.names.has('short-write')) this.hookWrite(proto, replacements);
    this.hookClose(proto, replacements);
    this.hookCounters(proto, replacements);
  }

  private wants(names: readonly FaultName[]): boolean {
    return names.some((name) => this.names.has(name));
  }

  /** Makes a handle a subject, once. */
  private subject(handle: AnyHandle, state: HandleState, side: 'client' | 'server', below: HandleBelow, writeBuffer: AnyFunction): Subject {
    const known = this.subjects.get(handle);
    if (known !== undefined) return known;
    const { internals } = this.context;
    const faults = this.plan.socket(side);
    const read = new ReadGate(handle, state, faults, below, internals, this.log);
    const write = new WriteGate(handle, state, faults, writeBuffer, internals, this.log);
    const buffers = this.userBuffers.get(handle);
    if (buffers !== undefined) {
      read.userBuffer = buffers.user;
      read.privateBuffer = buffers.own;
    }
    const subject: Subject = { state, faults, read, write, connecting: null, closed: false };
    this.subjects.set(handle, subject);
    return subject;
  }

  private below(proto: AnyHandle): HandleBelow {
    const { streamParent } = this.context.internals as { streamParent: AnyHandle };
    // Through the recorded method: a reset is something that really happens.
    const reset: unknown = findDescriptor(proto, 'reset')?.value;
    return {
      readStart: streamParent.readStart,
      readStop: streamParent.readStop,
      reset: typeof reset === 'function' ? (reset as AnyFunction) : undefined,
      hasRef: proto.hasRef,
    };
  }

  private hookConnect(proto: AnyHandle, kind: 'tcp' | 'pipe', replacements: Replacements): void {
    const { context } = this;
    const below = this.below(proto);
    const { writeBuffer } = proto;
    for (const name of kind === 'tcp' ? ['connect', 'connect6'] : ['connect']) {
      replacements.method(proto, name, (original) => {
        const faults = this;
        return function (this: AnyHandle, ...args: unknown[]) {
          let pending: PendingConnect | undefined;
          context.recorder.guarded('connect fault', () => {
            const owner = context.looks.owner(this);
            const called = owner === null ? null : (context.recorder.knownOwner(owner)?.connect ?? null);
            if (called === TOOL_ORIGIN) return;
            const origin = context.origin.site !== 0 ? context.origin : asCause(called);
            const state = context.ours(this, kind, origin, now());
            const subject = faults.subject(this, state, 'client', below, writeBuffer);
            const done = () => {
              subject.connecting = null;
            };
            pending = faultyConnect({ handle: this, state, faults: subject.faults, args, origin, original, log: faults.log, done });
            if (pending !== undefined) subject.connecting = pending;
            // Not before the connection attempt is over is it known who took the handle over.
            soon(() => faults.checkTaken(this, subject));
          });
          return pending === undefined ? Reflect.apply(original, this, args) : 0;
        };
      });
    }
  }

  private hookRead(proto: AnyHandle, replacements: Replacements): void {
    const { context } = this;
    const faults = this;
    const below = this.below(proto);
    const { writeBuffer } = proto;
    const inherited = findDescriptor(proto, 'onread');
    const set = new WeakMap<object, unknown>();
    if (inherited?.set === undefined) {
      this.log.cannot('Not injected: faults on reads; the handles of this Node have another shape.');
      return;
    }
    const { get: getBelow, set: setBelow } = inherited;
    replacements.define(proto, 'onread', {
      configurable: true,
      enumerable: inherited.enumerable === true,
      get(this: AnyHandle) {
        return set.has(this) ? set.get(this) : getBelow?.call(this);
      },
      set(this: AnyHandle, value: unknown) {
        // A handle that is known before it reads was accepted, or came with its descriptor; a client's is known from connect() on.
        const before = context.recorder.state(this);
        const installed = typeof value === 'function' ? gated(this, value as AnyFunction) : value;
        setBelow.call(this, installed);
        if (installed === value) return;
        set.set(this, value);
        const state = before ?? (context.looks.fd(this) >= 0 ? context.recorder.state(this) : undefined);
        if (state === undefined || faults.subjects.has(this)) return;
        const subject = faults.subject(this, state, 'server', below, writeBuffer);
        soon(() => faults.checkTaken(this, subject));
      },
    });
    function gated(handle: AnyHandle, program: AnyFunction): AnyFunction {
      return function (this: AnyHandle, arrayBuffer: ArrayBuffer | undefined) {
        const subject = faults.subjects.get(handle);
        if (subject === undefined || !faults.wants(READ_FAULTS)) return program.call(this, arrayBuffer);
        subject.read.deliver = program;
        return subject.read.arrive(arrayBuffer);
      };
    }
    if (!this.wants(READ_FAULTS)) return;
    this.keepInJavaScript(proto, replacements);
    for (const name of ['readStart', 'readStop'] as const) {
      replacements.method(
        proto,
        name,
        (original) =>
          function (this: AnyHandle, ...args: unknown[]) {
            const subject = faults.subjects.get(this);
            if (subject === undefined) return Reflect.apply(original, this, args);
            if (subject.read.wasReset) {
              // There is no descriptor any more; to the program there still is one, with an error on it.
              subject.read[name]();
              return 0;
            }
            const result: unknown = Reflect.apply(original, this, args);
            const goesOn = subject.read[name]();
            if (name === 'readStart' && goesOn === false) below.readStop.call(this);
            return result;
          },
      );
    }
    for (const name of ['ref', 'unref']) {
      replacements.method(
        proto,
        name,
        (original) =>
          function (this: AnyHandle, ...args: unknown[]) {
            const result: unknown = Reflect.apply(original, this, args);
            faults.subjects.get(this)?.read.updateRef();
            return result;
          },
      );
    }
    replacements.method(
      proto,
      'useUserBuffer',
      (original) =>
        function (this: AnyHandle, user: Uint8Array, ...args: unknown[]) {
          // Pieces go into the program's buffer one after the other, so the kernel's bytes come into one of ours first.
          const own = Buffer.alloc(user.length);
          faults.userBuffers.set(this, { own, user });
          const subject = faults.subjects.get(this);
          if (subject !== undefined) {
            subject.read.userBuffer = user;
            subject.read.privateBuffer = own;
          }
          return Reflect.apply(original, this, [own, ...args]);
        },
    );
  }

  /** Node's HTTP server lets C++ read a handle unless `_consumed` says that this was done already; then the bytes come through `onread`. */
  private keepInJavaScript(proto: AnyHandle, replacements: Replacements): void {
    const inherited = findDescriptor(proto, '_consumed');
    const { subjects } = this;
    replacements.define(proto, '_consumed', {
      configurable: true,
      enumerable: false,
      get(this: AnyHandle) {
        return subjects.has(this) ? true : inherited?.get?.call(this);
      },
      set(this: AnyHandle, value: unknown) {
        Object.defineProperty(this, '_consumed', { value, writable: true, enumerable: true, configurable: true });
      },
    });
  }

  private hookWrite(proto: AnyHandle, replacements: Replacements): void {
    const { context } = this;
    const gate = (handle: AnyHandle) => {
      const subject = this.subjects.get(handle);
      return subject === undefined || subject.state.closed ? undefined : subject;
    };
    const method = (name: string, bytesOf: (args: unknown[]) => { bytes: Uint8Array; lengths: number[] }) => {
      replacements.method(
        proto,
        name,
        (original) =>
          function (this: AnyHandle, ...args: unknown[]) {
            const subject = gate(this);
            // With a third argument a pipe sends a handle along: that is IPC.
            if (subject === undefined || (name !== 'writev' && args[2])) return Reflect.apply(original, this, args);
            const { bytes, lengths } = bytesOf(args);
            const result = subject.write.write(args[0] as AnyHandle | null, bytes, lengths, context.origin);
            return result === undefined ? Reflect.apply(original, this, args) : result;
          },
      );
    };
    method('writeBuffer', ([, data]) => ({ bytes: data as Uint8Array, lengths: [(data as Uint8Array).byteLength] }));
    for (const [name, encoding] of Object.entries(STRING_WRITES)) {
      method(name, ([, data]) => {
        const bytes = Buffer.from(String(data), encoding);
        return { bytes, lengths: [bytes.length] };
      });
    }
    method('writev', ([, chunks, allBuffers]) => {
      const parts: Uint8Array[] = [];
      const list = chunks as unknown[];
      for (let i = 0; i < list.length; i += allBuffers ? 1 : 2) {
        const chunk = list[i];
        parts.push(typeof chunk === 'string' ? Buffer.from(chunk, list[i + 1] as BufferEncoding) : (chunk as Uint8Array));
      }
      return { bytes: Buffer.concat(parts), lengths: parts.map(({ byteLength }) => byteLength) };
    });
  }

  private hookClose(proto: AnyHandle, replacements: Replacements): void {
    const faults = this;
    for (const name of ['close', 'reset']) {
      replacements.method(
        proto,
        name,
        (original) =>
          function (this: AnyHandle, ...args: unknown[]) {
            const subject = faults.subjects.get(this);
            if (subject === undefined || subject.closed) return Reflect.apply(original, this, args);
            const { read, write } = subject;
            subject.closed = true;
            if (!read.wasReset) faults.checkTaken(this, subject, true);
            subject.connecting?.cancel();
            read.close();
            write.close();
            if (!read.wasReset) return Reflect.apply(original, this, args);
            // The fault has closed the handle below; what the program is told of its own close comes as it would have come.
            const [callback] = args;
            if (typeof callback === 'function') soon(() => Reflect.apply(callback, this, []));
            return 0;
          },
      );
    }
    if (!this.names.has('reset-after')) return;
    // Calls on a connection that was reset fail with an error of the connection, not with one of a closed handle.
    for (const name of ['writeBuffer', 'writev', 'shutdown', ...Object.keys(STRING_WRITES)]) {
      replacements.method(
        proto,
        name,
        (original) =>
          function (this: AnyHandle, ...args: unknown[]) {
            const read = faults.subjects.get(this)?.read;
            if (read?.wasReset !== true) return Reflect.apply(original, this, args);
            if (name === 'shutdown') return uvError('ENOTCONN');
            const { streamBaseState: base, kBytesWritten, kLastWriteWasAsync } = faults.context.internals;
            base[kBytesWritten] = 0;
            base[kLastWriteWasAsync] = 0;
            return read.takeResetError();
          },
      );
    }
  }

  /** Counters as the program would find them: what is withheld was not read, what has not been handed over is written already. */
  private hookCounters(proto: AnyHandle, replacements: Replacements): void {
    const faults = this;
    const count = (name: string, more: (subject: Subject) => number, last: (subject: Subject) => number) => {
      const inherited = findDescriptor(proto, name);
      if (typeof inherited?.get !== 'function') return;
      const { get } = inherited;
      replacements.define(proto, name, {
        configurable: true,
        enumerable: inherited.enumerable === true,
        get(this: AnyHandle) {
          const subject = faults.subjects.get(this);
          // A handle that was reset below forgets what it counted.
          if (subject?.read.wasReset) return last(subject);
          const value: unknown = get.call(this);
          return typeof value === 'number' && subject !== undefined ? value + more(subject) : value;
        },
      });
    };
    const unsent = ({ write }: Subject) => write.unsent;
    count(
      'bytesRead',
      ({ read }) => -read.withheld,
      ({ read }) => read.passed,
    );
    count('bytesWritten', unsent, ({ state }) => state.bytesWritten);
    count('writeQueueSize', unsent, () => 0);
  }

  /** Says what cannot be put in on a handle that C++ reads and writes by itself. */
  private checkTaken(handle: AnyHandle, subject: Subject, isClosing = false): void {
    const { state } = subject;
    const names = STREAM_FAULTS.filter((name) => this.names.has(name) && subject.faults.named(name, []).length > 0);
    if (names.length === 0 || (state.closed && !isClosing)) return;
    const { looks } = this.context;
    const below = looks.bytesRead(handle) > state.bytesRead || looks.bytesWritten(handle) > state.bytesWritten;
    const by = takenBy(handle, looks.owner(handle)) ?? (isClosing && below ? 'HTTP/2' : null);
    if (by === null) return;
    const what = by === 'TLS' ? 'encrypted sockets' : 'sockets of HTTP/2 or an addon';
    this.log.cannot(
      `Not injected: ${names.join(', ')} on ${what}, which are read and written below JavaScript. Faults of connect work there.`,
    );
  }
}

/** Who took a handle over below JavaScript: TLS puts an accessor over `reading`, HTTP/2 notes its session on the socket. */
function takenBy(handle: AnyHandle, owner: AnyHandle | null): string | null {
  if (Object.getOwnPropertyDescriptor(handle, 'reading')?.get !== undefined) return 'TLS';
  if (owner === null) return null;
  const session = Object.getOwnPropertySymbols(owner).find(({ description }) => description === 'session' || description === 'kSession');
  return session !== undefined && owner[session] ? 'HTTP/2' : null;
}
