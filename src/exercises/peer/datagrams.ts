/** Datagram sockets of the hidden peer, and the lossy path. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Bytes, Datagram, Datagrams, Expectation, Relay, Target } from '../../contracts/exercise-checks';
import { type PeerContext, toBytes, WITHIN } from './connection';
import { show } from './journal';
import type { PeerEnd } from './messages';

/** ms that a datagram is held back when nothing follows that could overtake it. */
const HELD = 100;

/** A socket bound to a port that the kernel chose, on this machine only. */
export async function bound(ipv6 = false): Promise<Socket> {
  const socket = createSocket(ipv6 ? 'udp6' : 'udp4');
  socket.bind(0, ipv6 ? '::1' : '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

export class PeerDatagrams implements Datagrams {
  ok = true;
  last: Datagram | null = null;
  readonly all: Datagram[] = [];
  private taken = 0;

  constructor(
    private readonly socket: Socket,
    private readonly end: PeerEnd,
    private readonly context: PeerContext,
    private readonly usual: () => Promise<Target>,
  ) {
    socket.on('message', (data: Buffer, from: RemoteInfo) => {
      this.all.push({ data, from: from.port });
      context.changes.changed();
    });
    // ECONNREFUSED and the like are the kernel's news about somebody else.
    socket.on('error', () => {});
  }

  get id(): string {
    return this.end.id;
  }
  get port(): number {
    return this.end.localPort;
  }

  async send(data: Bytes, target?: Target): Promise<boolean> {
    if (!this.ok) return false;
    const bytes = toBytes(data);
    const { port, host } = { ...(target?.port === undefined ? await this.usual() : {}), ...target };
    if (port === undefined || !this.context.spend(bytes.length)) return this.say('send', false, 'there is nobody to send to');
    const error = await new Promise<Error | null>((resolve) => this.socket.send(bytes, port, host ?? '127.0.0.1', (sent) => resolve(sent)));
    return this.say('send', error === null, error === null ? show(bytes) : error.message);
  }

  async expect(data?: Bytes, options: Expectation = {}): Promise<boolean> {
    if (!this.ok) return this.say('expect', false, 'not reached: an earlier step on this socket failed', options.as);
    await this.context.changes.until(() => this.all.length > this.taken, options.within ?? WITHIN);
    this.last = this.all[this.taken] ?? null;
    const wanted = data === undefined ? null : toBytes(data);
    const ok = this.last !== null && (wanted === null || Buffer.compare(wanted, this.last.data) === 0);
    if (this.last !== null) this.taken++;
    if (!ok) this.ok = false;
    const came = this.last === null ? 'no datagram' : show(this.last.data);
    return this.say('expect', ok, ok ? came : `expected ${wanted === null ? 'a datagram' : show(wanted)}, got ${came}`, options.as);
  }

  async expectSilence(ms: number, options: Expectation = {}): Promise<boolean> {
    if (!this.ok) return this.say('expectSilence', false, 'not reached: an earlier step on this socket failed', options.as);
    const came = await this.context.changes.until(() => this.all.length > this.taken, ms);
    if (came) this.ok = false;
    return this.say('expectSilence', !came, came ? `expected silence, got ${show(this.all[this.taken]!.data)}` : `${ms} ms`, options.as);
  }

  async close(): Promise<void> {
    this.drop();
    this.say('close', true, null);
  }

  drop(): void {
    try {
      this.socket.close();
    } catch {
      // It is closed.
    }
  }

  private say(step: string, ok: boolean, detail: string | null, as?: string): boolean {
    return this.context.journal.add(this.id, step, ok, detail, as ?? null);
  }
}

/** Passes datagrams on to one port and answers back; what it loses, doubles and holds back is decided by the seed and the order of arrival. */
export class PeerRelay implements Relay {
  readonly lost: number[] = [];
  readonly doubled: number[] = [];
  readonly reordered: number[] = [];
  passed = 0;
  private readonly back = new Map<number, Socket>();
  private held: { data: Buffer; way: Socket } | null = null;
  private arrived = 0;
  private patience: NodeJS.Timeout | undefined;

  constructor(
    private readonly door: Socket,
    private readonly options: { to: number; loss?: number; duplicate?: number; reorder?: number },
    private readonly context: PeerContext,
  ) {
    door.on('message', (data: Buffer, from: RemoteInfo) => void this.pass(data, from));
    door.on('error', () => {});
  }

  get port(): number {
    return this.door.address().port;
  }

  async close(): Promise<void> {
    this.drop();
  }

  drop(): void {
    clearTimeout(this.patience);
    for (const socket of [this.door, ...this.back.values()]) {
      try {
        socket.close();
      } catch {
        // It is closed.
      }
    }
  }

  /** Chances are drawn for every datagram, whatever becomes of it: the n-th meets the same fate in every run with this seed. */
  private async pass(data: Buffer, from: RemoteInfo): Promise<void> {
    const n = this.arrived++;
    const { loss = 0, duplicate = 0, reorder = 0, to } = this.options;
    const { source } = this.context;
    const [isLost, isDoubled, isLate] = [source.next() < loss, source.next() < duplicate, source.next() < reorder];
    if (!this.context.spend(data.length)) return;
    if (isLost) {
      this.lost.push(n);
      return;
    }
    const way = await this.wayBack(from.port);
    if (isLate && this.held === null) {
      this.reordered.push(n);
      this.held = { data, way };
      this.patience = setTimeout(() => this.release(), HELD);
      return;
    }
    way.send(data, to, '127.0.0.1');
    this.passed++;
    if (isDoubled) {
      this.doubled.push(n);
      way.send(data, to, '127.0.0.1');
    }
    this.release();
  }

  private release(): void {
    clearTimeout(this.patience);
    if (this.held === null) return;
    this.held.way.send(this.held.data, this.options.to, '127.0.0.1');
    this.passed++;
    this.held = null;
  }

  /** One socket for each sender, so that the receiver can tell them apart and answer. */
  private async wayBack(port: number): Promise<Socket> {
    const known = this.back.get(port);
    if (known !== undefined) return known;
    const socket = createSocket('udp4');
    this.back.set(port, socket);
    socket.on('error', () => {});
    socket.on('message', (data) => this.door.send(data, port, '127.0.0.1'));
    socket.bind(0, '127.0.0.1');
    return socket;
  }
}
