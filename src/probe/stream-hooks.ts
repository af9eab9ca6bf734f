import { asCause, NO_ORIGIN, type Origin } from './call-sites';
import { HandleLooks, nameOrNull } from './handle-looks';
import type { Internals } from './internals';
import { type HandleState, OP, type Recorder } from './recorder';
import { now } from './stream-writer';
import type { AnyHandle } from './wrap';

/** What the hooks on TCP and Pipe handles share: the recorder, Node's inside, look-ups, and the birth of a handle's state. */
export class StreamContext {
  readonly looks: HandleLooks;
  /** Records what passed a handle below JavaScript until now; set by the hooks of TLS. */
  beforeClose: ((handle: object) => void) | null = null;

  constructor(
    readonly recorder: Recorder,
    readonly internals: Internals,
  ) {
    this.looks = new HandleLooks(internals.TCP.prototype, internals.streamParent);
  }

  /** The origin of what is recorded now. */
  get origin(): Origin {
    return this.recorder.sites.current;
  }

  /**
   * The state of a handle; registers it, with an `open` record, when it is seen for the first time. `fd` is its descriptor when
   * it came with one, from another process or thread (args.received, with the names of both ends).
   */
  ours(handle: AnyHandle, kind: HandleState['kind'], origin: Origin, time: bigint, fd = -1): HandleState {
    const known = this.recorder.state(handle);
    if (known !== undefined) return known;
    const state = this.recorder.register(handle, kind, origin);
    this.adopt(handle, state);
    const args: { [key: string]: unknown } = { handle: kind, ...ownerArgs(state) };
    if (fd >= 0) {
      this.recorder.setFd(state, fd);
      this.nameEnds(handle, state);
      args.received = true;
    }
    this.recorder.op(OP.open, time, state, 0, origin, { args, local: state.local, remote: state.remote });
    this.sayConnectCalled(state);
    return state;
  }

  /** Asks for both names of a connection. */
  nameEnds(handle: AnyHandle, state: HandleState): void {
    if (state.kind !== 'tcp') return;
    state.local = nameOrNull(this.looks.local(handle));
    state.remote = this.looks.remote(handle);
  }

  /** Notes whose handle this is (Node tells only after it created the handle). */
  adopt(handle: AnyHandle, state: HandleState): void {
    const owner = this.looks.owner(handle);
    if (owner === null) return;
    state.owner = this.recorder.owner(owner);
    state.owner.handle = state;
  }

  /** Says that connect() was called, as soon as there is a handle to say it of. */
  private sayConnectCalled(state: HandleState): void {
    const { owner } = state;
    if (owner === null || owner.connect === null || owner.connectArgs === null) return;
    const { connect, connectArgs } = owner;
    owner.connectArgs = null;
    this.recorder.op(OP.api, now(), state, 0, connect, { args: { event: 'connect called', ...connectArgs } });
  }

  /** The running call, else the end() or destroy() of the program that makes this happen later; none when an error did. */
  endOrigin(state: HandleState, closing: boolean): Origin {
    if (this.origin.site !== 0) return this.origin;
    const { owner } = state;
    if (owner === null || owner.errorSaid) return NO_ORIGIN;
    return asCause((closing ? owner.destroy : null) ?? owner.end);
  }
}

export const ownerArgs = (state: HandleState): { owner?: number } => (state.owner === null ? {} : { owner: state.owner.id });
