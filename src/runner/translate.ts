/** Turns the operations that probes report into the events of a trace: numbers the sockets, applies the rules, keeps readings that changed. */
import type { ProbeFact, ProbeOperation, ProbeProcess, Quiet } from '../contracts/probe-stream';
import type { DerivedCall, RuleContext, SyscallRules } from '../contracts/syscall-rules';
import type { Address, BufferName, JsonObject, Protocol, Role, Site } from '../contracts/trace';
import type { NewEvent } from '../contracts/trace-model';
import { HandleBook, type HandleState } from './handles';

/** A socket as it is first told of. */
export interface BornSocket {
  id: string;
  pid: number;
  protocol: Protocol;
  role: Role;
  listener: string | null;
}

/** Where events go, in the order of the trace. */
export interface EventSink {
  socket(socket: BornSocket): void;
  /** What a socket is for becomes known later than that it exists: bind comes before listen. */
  role(id: string, role: Role): void;
  event(event: NewEvent): void;
  /** The kernel's number of a Unix-domain socket that connected or was accepted; null where it could not be asked. */
  inode(id: string, inode: number | null): void;
}

/** What translation needs from the knowledge of system calls. */
export interface CallKnowledge {
  rules: SyscallRules;
  /** Names a libuv result below 0. */
  errnoName(result: number, platform: string): string;
  /** The sentence for something that cannot be seen, and for a process that is no program of the learner's. */
  notVisible?(fact: ProbeFact): string;
  quiet?(quiet: Quiet): string;
}

/** libuv's end of file, which is no errno (include/uv/errno.h). */
const UV_EOF = -4095;
/** What Node asks read(2) for (libuv's suggested size, unix/stream.c). */
const READ_SIZE = 65536;

/** One traced thread: who it is, and its handles. */
export interface Stream {
  readonly process: ProbeProcess;
  readonly node: number[];
  readonly uv: number[];
  readonly handles: HandleBook;
}

/** A stream as translation needs it. */
export function newStream(process: ProbeProcess): Stream {
  const numbers = (version: string) => version.split('.').map((part) => Number.parseInt(part, 10) || 0);
  return { process, node: numbers(process.node), uv: numbers(process.uv), handles: new HandleBook() };
}

export class Translator {
  private sockets = 0;

  constructor(
    private readonly knowledge: CallKnowledge,
    private readonly sink: EventSink,
  ) {}

  /** Number of sockets so far. */
  get socketCount(): number {
    return this.sockets;
  }

  /** Translates one operation; `t` is its time in the trace, in ns. */
  operation(stream: Stream, op: ProbeOperation, t: number): void {
    if (op.op === 'open') {
      this.open(stream, op, t);
      return;
    }
    if (op.op === 'fault') {
      this.fault(stream, op, t);
      return;
    }
    if (op.op === 'api') {
      this.api(stream, stream.handles.find(op.handle), op, t);
      return;
    }
    const handle = stream.handles.get(op.handle);
    if (handle === null) return;
    this.prepare(stream, handle, op);
    // After close libuv has forgotten the descriptor that the call was made on.
    const keepsFd = op.fd < 0 && op.op !== 'bind' && op.op !== 'connect' && op.op !== 'udpConnect';
    if (op.op === 'close' || op.op === 'reset') this.unseen(stream, handle, op, t);
    const calls = this.knowledge.rules(keepsFd ? { ...op, fd: handle.fd } : op, this.context(stream, handle, op));
    if (calls.length > 0) this.name(stream, handle);
    const carrier = carrierOf(calls);
    for (const [index, call] of calls.entries()) this.call(stream, handle, op, call, t, index === carrier);
    if (op.op === 'read' && op.result === UV_EOF && calls.length === 0) this.endOfFile(stream, handle, op, t);
    if (op.result < 0 && REFUSABLE.has(op.op) && !calls.some(({ error }) => error !== null)) this.refused(stream, handle, op, t);
    this.settle(stream, handle, op, calls);
    if (handle.kind === 'pipe' && op.result >= 0) this.inode(stream, handle, op);
    this.readings(stream, handle, op, t);
  }

  /**
   * A thread or process has ended: its sockets that are still open are closed with it. A worker's are closed by libuv (close(2), when Node
   * tears down the worker's loop), so that is a call with its result. At the end of a process it is, as a rule, the kernel that closes
   * what is open (exit(3)): there is no call and so no result.
   */
  ended(stream: Stream, cause: 'worker ended' | 'process ended', t: number): void {
    for (const [id, handle] of stream.handles.entries) {
      stream.handles.close(id);
      if (!handle.hasDescriptor || handle.socket === null) continue;
      handle.hasDescriptor = false;
      this.sink.event({
        ...nothing(stream.process.pid, t),
        ...{
          socket: handle.socket,
          fd: handle.fd >= 0 ? handle.fd : null,
          kind: 'call',
          call: 'close',
          args: { cause },
          provenance: 'derived',
        },
        result: cause === 'worker ended' ? 0 : null,
      });
    }
  }

  private open(stream: Stream, op: ProbeOperation, t: number): void {
    const handle = stream.handles.open(op);
    if (op.args?.family === 'IPv6' || op.args?.family === 6) handle.protocol = handle.kind === 'udp' ? 'udp6' : handle.protocol;
    if (op.args?.received === true && handle.kind !== 'pipe') {
      if (handle.kind === 'tcp' && op.local !== null && 'address' in op.local && op.local.address.includes(':')) handle.protocol = 'tcp6';
      const calls = this.knowledge.rules(op, this.context(stream, handle, op));
      if (calls.length > 0) this.name(stream, handle);
      for (const call of calls) this.call(stream, handle, op, call, t, true);
    }
    if (op.api === null || handle.kind !== 'udp' || handle.hasDescriptor) return;
    // A datagram socket exists for the program before it exists for the kernel (socket() comes with bind): show the line that made it.
    this.name(stream, handle);
    this.sink.event(observed(stream, handle, op, t));
  }

  /** What an operation changes before its rules are asked. */
  private prepare(stream: Stream, handle: HandleState, op: ProbeOperation): void {
    // A descriptor that nobody made here: the program opened one that it had (listen({fd}), bind({fd})).
    if (!handle.hasDescriptor && op.fd >= 0 && (!MAKES_SOCKET.has(op.op) || typeof op.args?.fd === 'number')) {
      handle.hasDescriptor = true;
      handle.fd = op.fd;
    }
    switch (op.op) {
      case 'bind':
        if (handle.kind === 'pipe') handle.path = text(op.args, 'path');
        else this.family(handle, op);
        // libuv returns 0 and keeps EADDRINUSE for later; then it refuses getsockname, too, so the probe found no local name.
        if (handle.kind === 'tcp' && op.result === 0 && op.local === null) handle.delayedError = 'EADDRINUSE';
        break;
      case 'listen':
        this.becomes(handle, 'listener');
        break;
      case 'connect':
        this.family(handle, op);
        this.becomes(handle, 'client');
        handle.connecting = op.args ?? {};
        handle.connectCause = { site: siteOf(op), api: op.api };
        break;
      case 'udpConnect':
        this.family(handle, op);
        break;
      case 'accept':
        // By its handle, not its descriptor: Windows has none.
        if (typeof op.args?.accepted !== 'number') break;
        this.name(stream, handle);
        this.name(stream, stream.handles.accept(op.args.accepted, handle, op.result));
        break;
      case 'shutdown':
        handle.shutdownCause = { site: siteOf(op), api: op.api };
        break;
      case 'write':
        handle.writeCause = { site: siteOf(op), api: op.api };
        if (op.result === 0 && op.args?.async === true) handle.rests.push(Math.max(0, op.bytes - number(op.args, 'written')));
        break;
      case 'writeDone':
        handle.rest = handle.rests.shift();
        break;
      case 'option':
        if (!handle.hasDescriptor && op.args !== null) handle.pendingOptions.push(op.args);
        break;
      default:
        break;
    }
  }

  /** The address family of a socket is that of the address it is made for. */
  private family(handle: HandleState, op: ProbeOperation): void {
    if (handle.hasDescriptor || handle.kind === 'pipe') return;
    const six = text(op.args, 'address').includes(':');
    handle.protocol = handle.kind === 'udp' ? (six ? 'udp6' : 'udp') : six ? 'tcp6' : 'tcp';
  }

  private becomes(handle: HandleState, role: Role): void {
    if (handle.role === role) return;
    handle.role = role;
    if (handle.socket !== null) this.sink.role(handle.socket, role);
  }

  private context(stream: Stream, handle: HandleState, op: ProbeOperation): RuleContext {
    const wake = wakeOf(op);
    const before = handle.partialRead;
    return {
      platform: stream.process.platform,
      node: stream.node,
      uv: stream.uv,
      protocol: handle.protocol,
      hasDescriptor: handle.hasDescriptor,
      delayedError: handle.delayedError,
      pendingOptions: handle.pendingOptions,
      boundPath: handle.path === '' ? null : handle.path,
      connecting: handle.connecting,
      rest: handle.rest,
      writeEnded: handle.writeEnded,
      partialRead: before === null ? null : { sameWake: wake === null || before.wake === null ? null : wake === before.wake },
    };
  }

  /** Tells which socket the kernel means by its number. */
  private inode(stream: Stream, handle: HandleState, op: ProbeOperation): void {
    const end = op.op === 'connect' ? handle : op.op === 'accept' ? stream.handles.get(number(op.args, 'accepted')) : null;
    if (end?.socket) this.sink.inode(end.socket, typeof op.args?.inode === 'number' ? op.args.inode : null);
  }

  /** Gives a socket its number: the first event that is shown of it is its birth. */
  private name(stream: Stream, handle: HandleState): void {
    if (handle.socket !== null) return;
    this.sockets++;
    handle.socket = `s${this.sockets}`;
    const { protocol, role, listener } = handle;
    this.sink.socket({ id: handle.socket, pid: stream.process.pid, protocol, role, listener });
  }

  private call(stream: Stream, handle: HandleState, op: ProbeOperation, call: DerivedCall, t: number, carrier: boolean): void {
    const args: JsonObject = { ...call.args };
    if (call.call === 'accept' && typeof op.args?.accepted === 'number')
      args.accepted = stream.handles.get(number(op.args, 'accepted'))?.socket ?? null;
    const cause = causeOf(handle, op);
    this.sink.event({
      ...observed(stream, handle, op, t),
      kind: 'call',
      call: call.call,
      api: op.api ?? cause?.api ?? null,
      site: siteOf(op) ?? cause?.site ?? null,
      fd: call.fd,
      args: Object.keys(args).length > 0 ? args : null,
      result: call.result,
      error: call.error,
      bytes: call.bytes,
      provenance: call.provenance,
      local: carrier ? op.local : null,
      remote: (carrier ? op.remote : null) ?? (NAMES_PEER.has(call.call) ? addressOf(args) : null),
      payload: carrier && op.payload !== null && op.payload.length > 0 ? op.payload : null,
    });
  }

  /** libuv reported the end because the socket had hung up, without a read() = 0: the report is what is shown. */
  private endOfFile(stream: Stream, handle: HandleState, op: ProbeOperation, t: number): void {
    this.name(stream, handle);
    const certain = handle.partialRead !== null && handle.partialRead.wake !== null;
    this.sink.event({ ...observed(stream, handle, op, t), api: 'end of file', args: { read: certain ? 'none' : 'not known' } });
  }

  /** libuv answered with an error by itself: its check of the arguments failed, or it had kept an error for later. No system call failed. */
  private refused(stream: Stream, handle: HandleState, op: ProbeOperation, t: number): void {
    // Of pipes on Windows no calls are derived, so that none is missing here.
    if (handle.kind === 'pipe' && stream.process.platform === 'win32') return;
    this.name(stream, handle);
    const { inode: _, ...said } = op.args ?? {};
    const args: JsonObject = { ...said, refused: op.op === 'udpConnect' ? 'connect' : op.op };
    const error = this.knowledge.errnoName(op.result, stream.process.platform);
    this.sink.event({ ...observed(stream, handle, op, t), args, error });
  }

  /** Bytes that C++ moved on this socket below JavaScript (HTTP/2): no call is known, their sums are. */
  private unseen(stream: Stream, handle: HandleState, op: ProbeOperation, t: number): void {
    const [bytesRead, bytesWritten] = [number(op.args, 'unseenRead'), number(op.args, 'unseenWritten')];
    if (bytesRead <= 0 && bytesWritten <= 0) return;
    this.name(stream, handle);
    this.sink.event({ ...observed(stream, handle, op, t), api: 'not visible here', args: { what: 'below', bytesRead, bytesWritten } });
  }

  /** What was put in: on its socket, which a connection attempt that never reached the kernel may bring into being. */
  private fault(stream: Stream, op: ProbeOperation, t: number): void {
    const handle = stream.handles.find(op.handle);
    if (handle === null) return;
    const connects = op.api === 'socket.connect';
    if (connects) {
      this.family(handle, op);
      this.becomes(handle, 'client');
    }
    this.name(stream, handle);
    const error = op.result < 0 ? this.knowledge.errnoName(op.result, stream.process.platform) : null;
    const remote = connects && op.args !== null ? addressOf(op.args) : null;
    this.sink.event({ ...observed(stream, handle, op, t), kind: 'fault', provenance: 'injected', args: op.args, error, remote });
  }

  private api(stream: Stream, handle: HandleState | null, op: ProbeOperation, t: number): void {
    const code = op.args?.event === 'nothing sent' && typeof op.args.code === 'string' ? op.args.code : null;
    const error = op.result < 0 ? this.knowledge.errnoName(op.result, stream.process.platform) : code;
    this.sink.event({ ...observed(stream, handle, op, t), args: op.args, error, bytes: op.bytes >= 0 ? op.bytes : null });
    if (handle?.hasDescriptor) this.readings(stream, handle, op, t);
  }

  /** What an operation changes after its calls. */
  private settle(stream: Stream, handle: HandleState, op: ProbeOperation, calls: readonly DerivedCall[]): void {
    const made = calls.find((call) => call.call === 'socket');
    if (made !== undefined) {
      handle.hasDescriptor = made.error === null && !calls.some((call) => call.call === 'close');
      handle.fd = handle.hasDescriptor ? (made.result ?? op.fd) : -1;
      handle.pendingOptions.length = 0;
    }
    switch (op.op) {
      case 'bind':
        if (op.result < 0) handle.path = '';
        break;
      case 'connected':
        handle.connecting = null;
        break;
      case 'read':
        handle.partialRead = op.result > 0 && op.result < number(op.args, 'length', READ_SIZE) ? { wake: wakeOf(op) } : null;
        break;
      case 'shutdownDone':
        if (op.result === 0) handle.writeEnded = true;
        break;
      case 'close':
      case 'reset':
        if (op.result < 0) break;
        handle.hasDescriptor = false;
        // Completions that libuv cancels at close are still to come, but they stand for no call.
        stream.handles.close(op.handle);
        break;
      default:
        break;
    }
  }

  /** Buffer sizes that changed. */
  private readings(stream: Stream, handle: HandleState, op: ProbeOperation, t: number): void {
    if (handle.socket === null) return;
    // While a write is being made its own bytes count as waiting: only what is left after it waits.
    const passing = op.op === 'write' && op.args?.async !== true ? Math.max(0, op.bytes) : 0;
    this.reading(stream, handle, op, t, 'stream-write', op.writable < 0 ? -1 : Math.max(0, op.writable - passing));
    this.reading(stream, handle, op, t, 'libuv-write', op.queue);
    this.reading(stream, handle, op, t, 'stream-read', op.readable);
  }

  private reading(stream: Stream, handle: HandleState, op: ProbeOperation, t: number, buffer: BufferName, bytes: number): void {
    if (bytes < 0 || (handle.readings.get(buffer) ?? 0) === bytes) return;
    handle.readings.set(buffer, bytes);
    this.sink.event({ ...observed(stream, handle, op, t), kind: 'buffer', api: null, site: null, bytes, buffer });
  }
}

/** Operations that libuv may refuse without asking the kernel. */
const REFUSABLE: ReadonlySet<string> = new Set(['bind', 'connect', 'udpConnect', 'listen', 'send', 'option']);

/** Calls that libuv makes beside the one that an operation is about. */
const BESIDE: ReadonlySet<string> = new Set(['setsockopt', 'ioctl', 'ioctlsocket', 'fcntl', 'close', 'unlink']);

/** Which of the calls of an operation carries its end points and bytes. */
function carrierOf(calls: readonly DerivedCall[]): number {
  const main = calls.findLastIndex((call) => !BESIDE.has(call.call));
  return main >= 0 ? main : calls.length - 1;
}

/** Operations with which libuv makes a descriptor. */
const MAKES_SOCKET: ReadonlySet<string> = new Set(['bind', 'connect', 'udpConnect']);

/** Calls whose address argument is the other end. */
const NAMES_PEER = new Set(['connect', 'sendmsg', 'recvmsg']);

function addressOf(args: JsonObject): Address | null {
  if (typeof args.path === 'string') return { path: args.path };
  return typeof args.address === 'string' && typeof args.port === 'number' ? { address: args.address, port: args.port } : null;
}

/** An event of a process with nothing in it yet. */
export function nothing(pid: number, t: number): NewEvent {
  const none = {
    socket: null,
    fd: null,
    call: null,
    api: null,
    args: null,
    result: null,
    error: null,
    bytes: null,
    site: null,
    state: null,
  };
  return { t, pid, kind: 'api', provenance: 'observed', ...none };
}

/** An event that says what was observed, still without a call. */
function observed(stream: Stream, handle: HandleState | null, op: ProbeOperation, t: number): NewEvent {
  // The number of a closed descriptor is somebody else's.
  const fd = op.fd >= 0 ? op.fd : handle?.hasDescriptor ? handle.fd : -1;
  return {
    t,
    pid: stream.process.pid,
    socket: handle?.socket ?? null,
    fd: fd >= 0 ? fd : null,
    kind: 'api',
    call: null,
    api: op.api,
    args: null,
    result: null,
    error: null,
    bytes: null,
    provenance: 'observed',
    site: siteOf(op),
    state: null,
  };
}

/** The call behind a completion: nothing of the program is on the stack when it arrives. */
function causeOf(handle: HandleState, op: ProbeOperation) {
  if (op.op === 'shutdownDone') return handle.shutdownCause;
  if (op.op === 'writeDone') return handle.writeCause;
  return op.op === 'connected' ? handle.connectCause : null;
}

function siteOf(op: ProbeOperation): Site | null {
  if (op.site === null) return null;
  return op.siteIsCause ? { ...op.site, cause: true } : op.site;
}

/** Which wake-up of the event loop this was, when the probe says. */
const wakeOf = (op: ProbeOperation): number | null => (typeof op.args?.wake === 'number' ? op.args.wake : null);

const text = (args: JsonObject | null, key: string) => (typeof args?.[key] === 'string' ? (args[key] as string) : '');
const number = (args: JsonObject | null, key: string, otherwise = 0) =>
  typeof args?.[key] === 'number' ? (args[key] as number) : otherwise;
