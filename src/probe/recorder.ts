import { PROBE_OPS, type ProbeOp } from '../contracts/probe-stream';
import type { Address } from '../contracts/trace';
import type { CallSites } from './call-sites';
import type { StreamWriter } from './stream-writer';

/** The wrapped API call that is running now, or a stored one that caused something later. 0 is none. */
export interface Origin {
  api: number;
  site: number;
  isCause: boolean;
}

export const NO_ORIGIN: Origin = Object.freeze({ api: 0, site: 0, isCause: false });

/** Op numbers by name (index into PROBE_OPS). */
export const OP = Object.fromEntries(PROBE_OPS.map((name, index) => [name, index])) as Record<ProbeOp, number>;

/** What the probe knows of one libuv handle. Never visible to the program. */
export interface HandleState {
  readonly id: number;
  readonly kind: 'tcp' | 'pipe' | 'udp';
  fd: number;
  /** The JS object (net.Socket, net.Server, dgram.Socket) that owns it, when known. */
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
  listen: Origin | null = null;
  /** Origins of the chunks handed to write() that no handle write has taken yet, oldest first. */
  readonly chunks: Origin[] = [];
  connectArgs: { [key: string]: string | number } | null = null;
  needDrain = false;
  errorSaid = false;
  timeoutFiring = false;
  constructor(readonly id: number) {}
}

/** Shared by all hooks of a thread: the stream, the running API call, and the two registries. */
export class Recorder {
  private readonly handles = new WeakMap<object, HandleState>();
  private readonly owners = new WeakMap<object, OwnerState>();
  private handleCount = 0;
  private ownerCount = 0;
  current: Origin = NO_ORIGIN;
  /** False once the probe gave up; the hooks then only pass through. */
  on = true;
  private problemSaid = false;

  constructor(
    readonly writer: StreamWriter,
    readonly sites: CallSites | null,
    readonly payloadLimit: number,
  ) {}

  state(handle: object): HandleState | undefined {
    return this.handles.get(handle);
  }

  owner(object: object): OwnerState {
    let state = this.owners.get(object);
    if (state === undefined) {
      state = new OwnerState(++this.ownerCount);
      this.owners.set(object, state);
    }
    return state;
  }

  register(handle: object, kind: HandleState['kind'], origin: Origin): HandleState {
    const state: HandleState = {
      id: ++this.handleCount,
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

  /** Starts an API call; the wrapper passes the result to `leave` in a finally block. */
  enter(api: number): Origin {
    const previous = this.current;
    if (this.sites === null) this.current = { api, site: 0, isCause: false };
    else {
      this.sites.capture(api);
      this.current = { api: this.sites.api, site: this.sites.site, isCause: this.sites.isCause };
    }
    return previous;
  }

  leave(previous: Origin): void {
    this.current = previous;
  }

  /** A record without payload. */
  op(op: number, time: bigint, state: HandleState | undefined, result: number, origin: Origin, meta: OpMeta | null = null): void {
    const writer = this.writer;
    writer.begin(op, time, state?.id ?? 0, state?.fd ?? -1, result, meta?.bytes ?? -1);
    writer.from(origin.api, origin.site, origin.isCause);
    if (meta !== null) {
      if (meta.readings !== undefined) writer.readings(meta.readings[0], meta.readings[1], meta.readings[2]);
      if (meta.args !== undefined || meta.local || meta.remote) writer.meta({ args: meta.args, local: meta.local, remote: meta.remote });
    }
    writer.end();
  }

  /** A hook of the probe failed: say it once; the program must not notice. */
  failed(where: string, error: unknown): void {
    if (this.problemSaid) return;
    this.problemSaid = true;
    this.writer.notice(`The probe had an internal problem in ${where}; some events may be missing (${String(error)}).`);
  }
}

export interface OpMeta {
  args?: { [key: string]: unknown };
  local?: Address | null;
  remote?: Address | null;
  bytes?: number;
  readings?: [number, number, number];
}

/** The same origin as the cause of something that Node did later. */
export const asCause = (origin: Origin | null | undefined): Origin =>
  origin && origin.site !== 0 ? { api: origin.api, site: origin.site, isCause: true } : NO_ORIGIN;
