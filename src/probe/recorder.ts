import { PROBE_OPS, type ProbeOp } from '../contracts/probe-stream';
import type { Address } from '../contracts/trace';
import type { CallSites, Origin } from './call-sites';
import { isForeign } from './foreign-errors';
import type { StreamWriter } from './stream-writer';

/** Op numbers by name (index into PROBE_OPS). */
export const OP = Object.fromEntries(PROBE_OPS.map((name, index) => [name, index])) as Record<ProbeOp, number>;

/** What the probe knows of one libuv handle. Never visible to the program. */
export interface HandleState {
  readonly id: number;
  readonly kind: 'tcp' | 'pipe' | 'udp';
  fd: number;
  /** What is known of the JS object (net.Socket, net.Server, dgram.Socket) that owns it. */
  owner: OwnerState | null;
  /** What brought the handle about; for a listener its listen call. */
  origin: Origin;
  local: Address | null;
  remote: Address | null;
  bytesRead: number;
  bytesWritten: number;
  closed: boolean;
}

/** What the probe knows of a net.Socket, net.Server or dgram.Socket. */
export class OwnerState {
  connect: Origin | null = null;
  end: Origin | null = null;
  destroy: Origin | null = null;
  /** The first write of which nothing was sent. */
  lost: Origin | null = null;
  listen: Origin | null = null;
  /** The pipe() calls that lead into this stream. */
  readonly pipes: Origin[] = [];
  /** The request that HTTP's agent took this open connection for, last. */
  request: Origin | null = null;
  /** Origins of the chunks handed to write() that no handle write has taken yet, oldest first. */
  readonly chunks: Origin[] = [];
  /** Arguments of connect(), until a handle is there to hang them on. */
  connectArgs: { [key: string]: string | number } | null = null;
  /** write() returned false and 'drain' was not emitted since. */
  needDrain = false;
  errorSaid = false;
  timeoutFiring = false;
  /** The handle that this object uses now. */
  handle: HandleState | null = null;
  constructor(readonly id: number) {}
}

/** What an op record may carry besides its fixed part. */
export interface OpMeta {
  args?: { [key: string]: unknown };
  local?: Address | null;
  remote?: Address | null;
  bytes?: number;
  /** args that are always the same, ready to be written (see fixedArgs). */
  fixed?: Uint8Array;
  /** writable, readable, queue. */
  readings?: [number, number, number];
}

/** The meta of a record that carries `args` and nothing else. Made once, because JSON takes longer than the rest of a record. */
export const fixedArgs = (args: { [key: string]: unknown }): Uint8Array => Buffer.from(JSON.stringify({ args }));

/** Shared by all hooks of a thread: the stream, the running API call, and the registries of handles and their owners. */
export class Recorder {
  private readonly handles = new WeakMap<object, HandleState>();
  private readonly owners = new WeakMap<object, OwnerState>();
  private handleCount = 0;
  private ownerCount = 0;
  /** Whether the record of a write may wait until the `socket.write` that runs returns: see WriteReturns. */
  holds = false;
  /** False once the probe gave up; the hooks then only pass through. */
  on = true;
  private problemSaid = false;
  private belowSaid = false;

  constructor(
    readonly writer: StreamWriter,
    readonly sites: CallSites,
    /** Bytes of payload kept per event; 0 is none. */
    readonly payloadLimit: number,
  ) {}

  /** Undefined for a handle that is not a socket of the program (stdio, IPC) or was not seen yet. */
  state(handle: object | null | undefined): HandleState | undefined {
    return handle === null || handle === undefined ? undefined : this.handles.get(handle);
  }

  /** `object` stands for the same socket: a TLSWrap on top of the handle. */
  alias(object: object, state: HandleState): void {
    this.handles.set(object, state);
  }

  owner(object: object): OwnerState {
    let state = this.owners.get(object);
    if (state === undefined) {
      state = new OwnerState(++this.ownerCount);
      this.owners.set(object, state);
    }
    return state;
  }

  /** Undefined for an object that no hook has met: stdio, TLS. */
  knownOwner(object: object): OwnerState | undefined {
    return this.owners.get(object);
  }

  register(handle: object, kind: HandleState['kind'], origin: Origin): HandleState {
    const id = ++this.handleCount;
    const state: HandleState = {
      id,
      kind,
      fd: -1,
      owner: null,
      origin,
      local: null,
      remote: null,
      bytesRead: 0,
      bytesWritten: 0,
      closed: false,
    };
    this.handles.set(handle, state);
    return state;
  }

  /** Notes a handle's descriptor. When it is the stream's own, the program has closed that: nothing more may be written to it. */
  setFd(state: HandleState, fd: number): void {
    state.fd = fd;
    if (fd === this.writer.fd) this.on = false;
  }

  /** A record without payload. */
  op(op: number, time: bigint, state: HandleState | undefined, result: number, origin: Origin, meta: OpMeta | null = null): void {
    if (!this.on) return;
    const { writer } = this;
    writer.begin(op, time, state?.id ?? 0, state?.fd ?? -1, result, meta?.bytes ?? -1);
    writer.from(origin.api, origin.site, origin.isCause);
    if (meta !== null) {
      if (meta.readings !== undefined) writer.readings(meta.readings[0], meta.readings[1], meta.readings[2]);
      if (meta.fixed !== undefined) writer.fixedMeta(meta.fixed);
      else if (meta.args !== undefined || meta.local || meta.remote) {
        writer.meta({ args: meta.args, local: meta.local ?? undefined, remote: meta.remote ?? undefined });
      }
    }
    writer.end();
  }

  /** Runs a part of the probe inside the program's call: a failure of ours must not become one of the program's. */
  guarded(where: string, action: () => void): void {
    if (!this.on) return;
    try {
      action();
    } catch (error) {
      this.failed(where, error);
    }
  }

  /** Says once that bytes pass where the probe cannot look; how many is in the args of each close. */
  sayBelow(): void {
    if (this.belowSaid || !this.on) return;
    this.belowSaid = true;
    this.writer.fact({ what: 'below' });
  }

  /** A hook of the probe failed: say it once; the program must not notice. Throws what is the program's own (see isForeign). */
  failed(where: string, error: unknown): void {
    if (isForeign(error)) throw error;
    if (this.problemSaid || !this.on) return;
    this.problemSaid = true;
    this.writer.notice(`The probe had an internal problem in ${where}; some events may be missing (${String(error)}).`);
  }
}
