/** What is remembered of a libuv handle between its operations. */
import type { ProbeOperation } from '../contracts/probe-stream';
import type { BufferName, JsonObject, Protocol, Role, Site } from '../contracts/trace';

/** The line and Node API behind an operation that ends later. */
export interface Cause {
  site: Site | null;
  api: string | null;
}

export interface HandleState {
  kind: 'tcp' | 'pipe' | 'udp';
  /** Its socket's id; null until something happened that a trace shows. */
  socket: string | null;
  protocol: Protocol;
  role: Role;
  listener: string | null;
  fd: number;
  hasDescriptor: boolean;
  /** Path of the Unix-domain socket it bound; '' when none. */
  path: string;
  delayedError: string | null;
  pendingOptions: JsonObject[];
  connecting: JsonObject | null;
  writeEnded: boolean;
  partialRead: { wake: number | null } | null;
  /** What asynchronous writes left to libuv, oldest first. */
  rests: number[];
  /** Of the write that is being completed. */
  rest: number | undefined;
  shutdownCause: Cause | null;
  writeCause: Cause | null;
  connectCause: Cause | null;
  /** Buffer sizes as last told; a buffer nobody told about is empty. */
  readonly readings: Map<BufferName, number>;
}

const PROTOCOL: Record<HandleState['kind'], Protocol> = { tcp: 'tcp', pipe: 'unix', udp: 'udp' };

function fresh(kind: HandleState['kind']): HandleState {
  return {
    kind,
    socket: null,
    protocol: PROTOCOL[kind],
    role: kind === 'udp' ? 'datagram' : 'unknown',
    listener: null,
    fd: -1,
    hasDescriptor: false,
    path: '',
    delayedError: null,
    pendingOptions: [],
    connecting: null,
    writeEnded: false,
    partialRead: null,
    rests: [],
    rest: undefined,
    shutdownCause: null,
    writeCause: null,
    connectCause: null,
    readings: new Map(),
  };
}

/** Closed handles that are still known, because Node tells of 'error' and 'close' a moment later. */
const CLOSED_KEPT = 256;

/** The handles of one traced thread, by the number that its probe gave them. Closed ones are forgotten: a loop of connections stays small. */
export class HandleBook {
  private readonly handles = new Map<number, HandleState>();
  private readonly closed = new Map<number, HandleState>();

  /** A handle that is open. */
  get(handle: number): HandleState | null {
    return this.handles.get(handle) ?? null;
  }

  /** Those that are open, as far as is known. */
  get entries(): IterableIterator<[number, HandleState]> {
    return this.handles.entries();
  }

  /** A handle that is open or was until a moment ago. */
  find(handle: number): HandleState | null {
    return this.handles.get(handle) ?? this.closed.get(handle) ?? null;
  }

  /** How many are remembered. */
  get size(): number {
    return this.handles.size;
  }

  /** A new handle, as its `open` record tells. One that an accept already made keeps what is known of it. */
  open(op: ProbeOperation): HandleState {
    const known = this.handles.get(op.handle);
    if (known !== undefined) return known;
    const kind = op.args?.handle;
    const state = fresh(kind === 'pipe' || kind === 'udp' ? kind : 'tcp');
    if (op.fd >= 0) {
      state.fd = op.fd;
      state.hasDescriptor = true;
    }
    this.handles.set(op.handle, state);
    return state;
  }

  /** The handle of an accepted connection. */
  accept(handle: number, listener: HandleState, fd: number): HandleState {
    const state = this.handles.get(handle) ?? fresh(listener.kind);
    state.protocol = listener.protocol;
    state.role = 'accepted';
    state.listener = listener.socket;
    state.fd = fd;
    state.hasDescriptor = true;
    this.handles.set(handle, state);
    return state;
  }

  /** It is closed: only what Node still says of it belongs to it. */
  close(handle: number): void {
    const state = this.handles.get(handle);
    if (state === undefined) return;
    this.handles.delete(handle);
    this.closed.set(handle, state);
    if (this.closed.size > CLOSED_KEPT) this.closed.delete(this.closed.keys().next().value!);
  }
}
