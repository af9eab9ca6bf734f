import type { Address } from '../contracts/trace';
import type { AnyFunction, AnyHandle } from './wrap';

/** The probe's own look-ups at a handle, through the functions that Node started with; none of them becomes an event. */
export class HandleLooks {
  private ownerSymbol: symbol | undefined;
  private readonly sockname: AnyFunction | undefined;
  private readonly peername: AnyFunction | undefined;
  private readonly fdGetter: AnyFunction | undefined;
  private readonly queueGetter: AnyFunction | undefined;
  private readonly readGetter: AnyFunction | undefined;
  private readonly writtenGetter: AnyFunction | undefined;

  /** `proto` is where getsockname is, `looks` where the accessors are. */
  constructor(proto: AnyHandle, looks: object) {
    this.sockname = proto.getsockname;
    this.peername = proto.getpeername;
    const getter = (name: string) => Object.getOwnPropertyDescriptor(looks, name)?.get as AnyFunction | undefined;
    this.fdGetter = getter('fd');
    this.queueGetter = getter('writeQueueSize');
    this.readGetter = getter('bytesRead');
    this.writtenGetter = getter('bytesWritten');
  }

  /** -1 when there is none yet. */
  fd(handle: AnyHandle): number {
    return asNumber(this.fdGetter?.call(handle));
  }

  /** Bytes in libuv's write queue. */
  queue(handle: AnyHandle): number {
    return asNumber(this.queueGetter?.call(handle));
  }

  bytesRead(handle: AnyHandle): number {
    return asNumber(this.readGetter?.call(handle));
  }

  bytesWritten(handle: AnyHandle): number {
    return asNumber(this.writtenGetter?.call(handle));
  }

  /** The local name, or libuv's error number. */
  local(handle: AnyHandle): Address | number {
    return ask(this.sockname, handle);
  }

  remote(handle: AnyHandle): Address | null {
    const found = ask(this.peername, handle);
    return typeof found === 'number' ? null : found;
  }

  /** The net.Socket, net.Server or dgram.Socket that the handle belongs to. */
  owner(handle: AnyHandle): AnyHandle | null {
    this.ownerSymbol ??= Object.getOwnPropertySymbols(handle).find((symbol) => symbol.description === 'owner_symbol');
    const owner = this.ownerSymbol === undefined ? undefined : handle[this.ownerSymbol];
    return typeof owner === 'object' && owner !== null ? owner : null;
  }
}

/** A look-up that gave an error number is no name. */
export const nameOrNull = (found: Address | number): Address | null => (typeof found === 'number' ? null : found);

const asNumber = (value: unknown): number => (typeof value === 'number' ? value : -1);

function ask(lookup: AnyFunction | undefined, handle: AnyHandle): Address | number {
  const out: { address?: string; port?: number } = {};
  const error = lookup?.call(handle, out);
  if (typeof error === 'number' && error < 0) return error;
  return out.address === undefined ? -1 : { address: out.address, port: out.port ?? 0 };
}
