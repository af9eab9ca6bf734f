import type { FaultName } from '../../contracts/faults';
import { asCause, NO_ORIGIN, type Origin } from '../call-sites';
import type { DatagramHooks } from '../datagram-hooks';
import type { HandleState } from '../recorder';
import { now } from '../stream-writer';
import type { AnyFunction, AnyHandle, Replacements } from '../wrap';
import { cancelLater, type FaultLog, later, soon } from './fault-log';
import type { FaultPlan, SocketFault, SocketFaults } from './fault-plan';

type Direction = 'receive' | 'send';
type Args = { [key: string]: unknown };

/** How long a datagram waits for the one that is to overtake it (ms). */
const REORDER_MS = 50;

/** A datagram on its way through the faults: `go` gives it to the program, or to the kernel. */
interface Datagram {
  bytes: number;
  n: number;
  api: string;
  /** The other end. */
  end: Args;
  go: (isCopy: boolean) => void;
  /** To be called before it goes when it will go again: what the program does with its bytes is not to be seen in the copy. */
  keep?: () => void;
  origin: Origin;
}

interface Subject {
  state: HandleState;
  faults: SocketFaults;
  count: Record<Direction, number>;
  /** Held back until the next one has passed. */
  overtaken: Record<Direction, { datagram: Datagram; timer: NodeJS.Timeout } | null>;
  /** What goes out even when the socket is closed meanwhile, as it would be on the wire. */
  leaving: Set<() => void>;
  arriving: Set<NodeJS.Timeout>;
  installed: unknown;
}

/**
 * The faults on datagrams. Received ones were read from the kernel (recvmsg is recorded) and are lost, doubled or late on their way to
 * the program; with @send they are so before sendmsg, which is then not made, made twice, or made later.
 */
export class DatagramFaults {
  private readonly subjects = new WeakMap<object, Subject>();

  constructor(
    private readonly hooks: DatagramHooks,
    private readonly plan: FaultPlan,
    private readonly log: FaultLog,
  ) {}

  install(proto: AnyHandle, replacements: Replacements): void {
    this.hookReceive(proto, replacements);
    for (const name of ['send', 'send6']) this.hookSend(proto, name, replacements);
    const faults = this;
    replacements.method(
      proto,
      'close',
      (original) =>
        function (this: AnyHandle, ...args: unknown[]) {
          const subject = faults.subjects.get(this);
          if (subject !== undefined) faults.closing(subject);
          return Reflect.apply(original, this, args);
        },
    );
  }

  private subject(handle: AnyHandle): Subject {
    let subject = this.subjects.get(handle);
    if (subject === undefined) {
      const state = this.hooks.ours(handle, this.log.recorder.sites.current, now());
      subject = {
        state,
        faults: this.plan.socket('datagram'),
        count: { receive: 0, send: 0 },
        overtaken: { receive: null, send: null },
        leaving: new Set(),
        arriving: new Set(),
        installed: undefined,
      };
      this.subjects.set(handle, subject);
    }
    return subject;
  }

  private closing(subject: Subject): void {
    for (const timer of subject.arriving) cancelLater(timer);
    const { receive } = subject.overtaken;
    if (receive !== null) cancelLater(receive.timer);
    subject.overtaken.receive = null;
    this.release(subject, 'send');
    for (const leave of [...subject.leaving]) leave();
  }

  private hookReceive(proto: AnyHandle, replacements: Replacements): void {
    const faults = this;
    replacements.method(
      proto,
      'recvStart',
      (original) =>
        function (this: AnyHandle, ...args: unknown[]) {
          const subject = faults.subject(this);
          const message: unknown = this.onmessage;
          if (typeof message === 'function' && message !== subject.installed)
            this.onmessage = faults.receiver(this, subject, message as AnyFunction);
          const result: unknown = Reflect.apply(original, this, args);
          // The recorder has put itself over ours.
          subject.installed = this.onmessage;
          return result;
        },
    );
  }

  /** onmessage(count, handle, buffer, {address, family, port}). */
  private receiver(handle: AnyHandle, subject: Subject, message: AnyFunction): AnyFunction {
    const faults = this;
    const receiver = function (this: AnyHandle, ...values: unknown[]) {
      const [count, , buffer, from] = values as [number, unknown, Uint8Array | undefined, Args | undefined];
      if (!(count >= 0) || from === undefined) return Reflect.apply(message, this, values);
      let copy: Buffer | null = null;
      const keep = () => {
        copy = buffer === undefined ? null : Buffer.from(buffer);
      };
      const go = (isCopy: boolean) => {
        const bytes = isCopy ? (copy ?? buffer) : buffer;
        Reflect.apply(message, handle, [count, handle, bytes, isCopy ? { ...from } : from]);
      };
      const { address, port } = from;
      const datagram = { bytes: count, n: subject.count.receive++, api: 'message', end: { address, port }, go, keep, origin: NO_ORIGIN };
      if (!faults.pass(handle, subject, 'receive', datagram)) go(false);
      return undefined;
    };
    Object.defineProperty(receiver, 'name', { value: message.name, configurable: true });
    return receiver;
  }

  /** UDP.send(req, list, count, [port, address,] hasCallback) returns an error, 0 (queued) or the byte count + 1 (sent). */
  private hookSend(proto: AnyHandle, name: string, replacements: Replacements): void {
    const faults = this;
    replacements.method(
      proto,
      name,
      (original) =>
        function (this: AnyHandle, ...args: unknown[]) {
          const subject = faults.subject(this);
          const { sites } = faults.log.recorder;
          const [req, list] = args as [AnyHandle, Uint8Array[]];
          const bytes = list.reduce((sum, { byteLength }) => sum + byteLength, 0);
          const origin = sites.current;
          let copied: Uint8Array | null = null;
          const go = (isCopy: boolean) => {
            const previous = sites.current;
            sites.current = isCopy ? asCause(origin) : origin;
            try {
              if (!isCopy) return Reflect.apply(original, this, args);
              // Nobody waits for this one: the program was told already that it is sent.
              const rest = args.slice(3, -1);
              return Reflect.apply(original, this, [new req.constructor(), [copied ?? Buffer.concat(list)], 1, ...rest, false]);
            } finally {
              sites.leave(previous);
            }
          };
          const [port, address] = args.slice(3, -1);
          const end = typeof port === 'number' ? { address, port } : {};
          const datagram: Datagram = { bytes, n: subject.count.send++, api: 'socket.send', end, go: () => go(true), origin };
          // What goes out later must not change with the program's buffer.
          copied = Buffer.concat(list);
          if (faults.pass(this, subject, 'send', datagram)) return bytes + 1;
          const result: unknown = go(false);
          faults.release(subject, 'send');
          return result;
        },
    );
  }

  /** Takes a datagram over. False when it should go on as it is, now. */
  private pass(handle: AnyHandle, subject: Subject, direction: Direction, datagram: Datagram): boolean {
    const { state } = subject;
    const { n, bytes, api, end, origin } = datagram;
    const ports = [state.local, state.remote, end].flatMap((each) => (each !== null && 'port' in each ? [Number(each.port)] : []));
    const find = (name: FaultName): SocketFault | undefined =>
      this.log.isOn ? subject.faults.named(name, ports).find((fault) => fault.rule.direction === direction && fault.hits(n)) : undefined;
    const held = subject.overtaken[direction] !== null;
    if (find('udp-drop') !== undefined) {
      this.log.say(state, 'drop', api, { bytes, direction, ...end }, origin);
      return true;
    }
    const delay = find('udp-delay');
    if (delay !== undefined) {
      const milliseconds = delay.pick(n);
      this.log.say(state, 'delay', api, { bytes, direction, milliseconds, ...end }, origin);
      this.put(handle, subject, direction, datagram, milliseconds);
      return true;
    }
    if (!held && find('udp-reorder') !== undefined) {
      this.log.say(state, 'reorder', api, { bytes, direction, held: bytes, ...end }, origin);
      // Also alone it arrives, if nothing follows.
      const timer = later(() => this.release(subject, direction), REORDER_MS);
      if (direction === 'receive' && handle.hasRef?.() === false) timer.unref();
      subject.overtaken[direction] = { datagram, timer };
      return true;
    }
    const double = find('udp-duplicate');
    if (double === undefined && !held) return false;
    if (double !== undefined) this.log.say(state, 'duplicate', api, { bytes, direction, copies: 2, ...end }, origin);
    if (direction === 'receive') {
      if (double !== undefined) datagram.keep?.();
      datagram.go(false);
      if (double !== undefined) this.put(handle, subject, direction, datagram, 0);
      if (held) soon(() => this.release(subject, direction));
      return true;
    }
    if (double !== undefined) this.put(handle, subject, direction, datagram, 0);
    return false;
  }

  /** The datagram (or its copy) goes on `milliseconds` later. */
  private put(handle: AnyHandle, subject: Subject, direction: Direction, datagram: Datagram, milliseconds: number): void {
    const act = () => {
      cancelLater(timer);
      subject.leaving.delete(act);
      subject.arriving.delete(timer);
      if (milliseconds > 0) {
        const { bytes, api, end, origin } = datagram;
        this.log.say(subject.state, 'delay', api, { bytes, direction, after: milliseconds, ...end }, asCause(origin));
      }
      datagram.go(true);
    };
    const timer = later(act, milliseconds);
    if (direction === 'send') {
      subject.leaving.add(act);
      return;
    }
    subject.arriving.add(timer);
    if (handle.hasRef?.() === false) timer.unref();
  }

  /** What was overtaken goes on. */
  private release(subject: Subject, direction: Direction): void {
    const waiting = subject.overtaken[direction];
    if (waiting === null) return;
    subject.overtaken[direction] = null;
    cancelLater(waiting.timer);
    const { datagram } = waiting;
    const { bytes, api, end, origin } = datagram;
    const behind = subject.count[direction] - datagram.n - 1;
    this.log.say(subject.state, 'reorder', api, { bytes, direction, given: bytes, behind, ...end }, asCause(origin));
    datagram.go(true);
  }
}
