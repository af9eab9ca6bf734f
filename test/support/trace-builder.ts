/** Builds traces as the runner does, event by event, with the states worked out: for tests, benchmarks and the webview's harness. */
import type { Address, BufferName, JsonObject, Protocol, Site } from '../../src/contracts/trace';
import type { NewEvent } from '../../src/contracts/trace-model';
import { StateTracker, stateEvent, TraceEncoder, TraceStore } from '../../src/trace';

/** What a call adds to the event. */
export interface Extra {
  site?: Site | null;
  api?: string | null;
  payload?: Uint8Array | null;
  args?: JsonObject | null;
}

/** A socket under construction. */
export interface Built {
  id: string;
  pid: number;
  fd: number;
  protocol: Protocol;
}

export class TraceBuilder {
  readonly store: TraceStore;
  readonly encoder = new TraceEncoder();
  /** Time of the next event, ns. */
  t = 0;
  /** ns that pass with every event. */
  tick = 10_000;
  readonly tracker = new StateTracker();
  private sockets = 0;
  private readonly fds = new Map<number, { next: number; free: number[] }>();
  private ports = 40_000;

  constructor(cwd = '/home/learner/echo') {
    const header = { socketscope: 1 as const, platform: 'linux', cwd, began: '2026-11-20T09:00:00.000Z', dropped: 0, notices: [] };
    this.store = new TraceStore(header);
    this.encoder.header(header);
  }

  /** Adds a process and returns its pid. */
  process(pid: number, program: string): number {
    const process = {
      pid,
      ppid: null,
      program,
      argv: ['node', program],
      node: '24.21.0',
      uv: '1.52.1',
      started: this.t,
      ended: null,
      exit: null,
      notices: [],
    };
    this.store.addProcess(process);
    this.encoder.process(process);
    return pid;
  }

  /** Appends an event and the changes of state that it brings. Returns its seq. */
  event(event: Partial<NewEvent> & { pid: number }): number {
    const whole: NewEvent = {
      t: this.t,
      socket: null,
      fd: null,
      kind: 'call',
      call: null,
      api: null,
      args: null,
      result: null,
      error: null,
      bytes: null,
      provenance: 'derived',
      site: null,
      state: null,
      ...event,
    };
    this.t += this.tick;
    const seq = this.append(whole);
    if (whole.kind !== 'state')
      for (const change of this.tracker.apply(this.store.event(seq), this.store)) this.append(stateEvent(change, whole, this.store));
    return seq;
  }

  /** What the event loop of a process says, at the event that comes next. */
  loop(pid: number, after: number, turns: number, waited: number, resumed = false, thread = 0): void {
    const reading = { thread, after, turns, waited, resumed };
    this.store.addLoop(this.store.processIndexOf(pid), reading);
    this.encoder.loop({ pid, ...reading });
  }

  /** A call on a socket. */
  call(socket: Built, call: string, event: Partial<NewEvent> = {}): number {
    return this.event({ pid: socket.pid, socket: socket.id, fd: socket.fd, call, result: 0, ...event });
  }

  /** socket() of a new socket. */
  open(pid: number, protocol: Protocol, role: 'listener' | 'client' | 'datagram', extra: Extra = {}): Built {
    const socket = this.born(pid, protocol, role, null);
    const domain = protocol === 'unix' ? 'AF_UNIX' : protocol.endsWith('6') ? 'AF_INET6' : 'AF_INET';
    const type = role === 'datagram' ? 'SOCK_DGRAM' : 'SOCK_STREAM';
    this.call(socket, 'socket', { fd: null, result: socket.fd, args: { domain, type, protocol: 0 }, ...extra });
    return socket;
  }

  /** socket, bind, listen. */
  listen(pid: number, local: Address, extra: Extra = {}, backlog = 511): Built {
    const protocol = 'path' in local ? 'unix' : local.address.includes(':') ? 'tcp6' : 'tcp';
    const socket = this.open(pid, protocol, 'listener', extra);
    this.call(socket, 'bind', { local, args: { ...local }, ...extra });
    this.call(socket, 'listen', { args: { backlog }, ...extra });
    return socket;
  }

  /** socket and connect; TCP goes on with `connected`, a Unix-domain connect is done at once. */
  connect(pid: number, remote: Address, extra: Extra = {}): Built {
    const unix = 'path' in remote;
    const socket = this.open(pid, unix ? 'unix' : remote.address.includes(':') ? 'tcp6' : 'tcp', 'client', extra);
    this.call(socket, 'connect', {
      args: { ...remote },
      remote,
      ...(unix ? {} : { result: -1, error: 'EINPROGRESS' }),
      ...extra,
    });
    return socket;
  }

  /** The connect is done: the event that says so names both ends. */
  connected(socket: Built, local: Address, remote: Address, extra: Extra = {}): number {
    return this.call(socket, 'getsockopt', {
      args: { level: 'SOL_SOCKET', option: 'SO_ERROR', value: 0 },
      local,
      remote,
      ...extra,
    });
  }

  /** The connect failed. */
  refused(socket: Built, error = 'ECONNREFUSED'): number {
    return this.call(socket, 'getsockopt', { args: { level: 'SOL_SOCKET', option: 'SO_ERROR', value: error } });
  }

  /** A descriptor that came from another process. */
  received(pid: number, local: Address, remote: Address | null): Built {
    const socket = this.born(pid, 'tcp', 'accepted', null);
    this.call(socket, 'getsockopt', { args: { level: 'SOL_SOCKET', option: 'SO_TYPE', value: 'SOCK_STREAM' }, local, remote });
    return socket;
  }

  /** accept4; returns the new socket. */
  accept(listener: Built, local: Address | null, remote: Address | null, extra: Extra = {}): Built {
    const socket = this.born(listener.pid, listener.protocol, 'accepted', listener.id);
    this.call(listener, 'accept4', {
      result: socket.fd,
      local,
      remote,
      ...extra,
      args: { flags: 'SOCK_CLOEXEC|SOCK_NONBLOCK', accepted: socket.id },
    });
    return socket;
  }

  write(socket: Built, bytes: number, extra: Extra = {}): number {
    return this.call(socket, 'write', { result: bytes, bytes, args: { length: bytes }, ...extra });
  }

  read(socket: Built, bytes: number, extra: Extra = {}): number {
    return this.call(socket, 'read', { result: bytes, bytes, args: { length: 65536 }, ...extra });
  }

  /** End of file, as read(2) reports it. */
  end(socket: Built): number {
    return this.read(socket, 0);
  }

  shutdown(socket: Built, extra: Extra = {}): number {
    return this.call(socket, 'shutdown', { args: { how: 'SHUT_WR' }, ...extra });
  }

  close(socket: Built, extra: Extra = {}): number {
    this.fds.get(socket.pid)?.free.push(socket.fd);
    return this.call(socket, 'close', extra);
  }

  buffer(socket: Built, buffer: BufferName, bytes: number): number {
    return this.event({ pid: socket.pid, socket: socket.id, fd: socket.fd, kind: 'buffer', buffer, bytes, provenance: 'observed' });
  }

  api(socket: Built, api: string, extra: Partial<NewEvent> = {}): number {
    return this.event({ pid: socket.pid, socket: socket.id, fd: socket.fd, kind: 'api', api, provenance: 'observed', ...extra });
  }

  exit(pid: number, code: number | null = 0, signal: string | null = null): number {
    return this.event({ pid, kind: 'exit', args: { code, signal }, provenance: 'observed' });
  }

  /** A client and its accepted end, joined: connect, accept, connected. */
  pair(client: number, listener: Built, name: Address): { client: Built; accepted: Built } {
    const from = this.port();
    const socket = this.connect(client, name);
    const accepted = this.accept(listener, name, from);
    this.connected(socket, from, name);
    return { client: socket, accepted };
  }

  /** A free port of 127.0.0.1. */
  port(): Address {
    this.ports = this.ports >= 60_999 ? 40_000 : this.ports + 1;
    return { address: '127.0.0.1', port: this.ports };
  }

  /** The path of states of a socket, first state first; a state with its alternative as `FIN_WAIT_1|FIN_WAIT_2`. */
  states(socket: Built): string[] {
    const path: string[] = [];
    for (const seq of this.store.eventsOfSocket(this.store.socketIndexOf(socket.id))) {
      const { state, args } = this.store.event(seq);
      if (state === null) continue;
      if (path.length === 0) path.push(state.from);
      path.push(args?.or ? `${state.to}|${args.or}` : state.to);
    }
    return path;
  }

  private append(event: NewEvent): number {
    const seq = this.store.append(event);
    this.encoder.event(event);
    return seq;
  }

  private born(pid: number, protocol: Protocol, role: 'listener' | 'accepted' | 'client' | 'datagram', listener: string | null): Built {
    this.sockets++;
    const id = `s${this.sockets}`;
    const info = { id, pid, protocol, role, listener };
    this.store.addSocket(info);
    this.encoder.socket(info);
    let fds = this.fds.get(pid);
    if (fds === undefined) {
      fds = { next: 18, free: [] };
      this.fds.set(pid, fds);
    }
    return { id, pid, protocol, fd: fds.free.pop() ?? fds.next++ };
  }
}
