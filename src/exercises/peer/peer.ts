/** The hidden peer as a script of an exercise sees it. */

import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { resolve } from 'node:path';
import type { Datagrams, Door, Expectation, KernelRow, Peer, Relay, Target } from '../../contracts/exercise-checks';
import type { Address } from '../../contracts/trace';
import type { ProgramStep } from '../../runner/progress-scout';
import { FairClock } from '../fair-clock';
import { PeerConnection, type PeerContext, WITHIN } from './connection';
import { bound, PeerDatagrams, PeerRelay } from './datagrams';
import { Journal } from './journal';
import { kernelRows } from './kernel-table';
import type { FromPeer, PeerEnd, StartOrder } from './messages';
import { Random } from './random';
import { Changes } from './signal';

/** Bytes that one run's peer may send. */
const BUDGET = 512 * 1024 * 1024;
const LONGEST_HOLD = 2000;
/** ms within which a program has to listen. */
const STARTUP = 3000;
const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost', '::ffff:127.0.0.1']);

export class HiddenPeer implements Peer, PeerContext {
  readonly clock = new FairClock();
  readonly changes = new Changes(this.clock);
  readonly journal = new Journal();
  readonly source: Random;
  /** What the program last said of each of its sockets. */
  private readonly sockets = new Map<string, ProgramStep & { read: number; gone: boolean }>();
  private readonly reachable: Target[] = [];
  private readonly acceptedUnix: string[] = [];
  private readonly connectedUnix: string[] = [];
  private readonly droppable: { drop(): void }[] = [];
  private readonly doors: Server[] = [];
  /** Working folder of the program: paths that it names are relative to it. */
  private cwd = '/';
  /** How often the program has tried to listen in vain. */
  private vainTries = 0;
  private output = '';
  private starts = 0;
  private exits = 0;
  private answered = new Map<number, string | null>();
  private names = 0;
  private unixConnects = 0;
  private budget = BUDGET;

  constructor(
    readonly seed: number,
    private readonly tell: (message: FromPeer) => void,
  ) {
    this.source = new Random(seed);
    // What the program does is heard through the process that runs the check.
    this.clock.follow(process.ppid, 'ours');
  }

  /* what is told of the program */

  step(step: ProgramStep): void {
    if (step.what === 'cannot listen') this.vainTries++;
    const before = this.sockets.get(step.socket);
    const read = step.what === 'read' ? step.count : (before?.read ?? 0);
    this.sockets.set(step.socket, { ...step, read, gone: before?.gone === true || step.what === 'closed' });
    if (step.what === 'listens' || step.what === 'bound') this.reachable.push(targetOf(step.local));
    if (step.what === 'accepted' && !isIp(step.local) && !isIp(step.remote)) this.acceptedUnix.push(step.socket);
    if (step.what === 'connected' && !isIp(step.remote)) this.connectedUnix.push(step.socket);
    this.changes.changed();
  }

  printedMore(text: string): void {
    this.output = (this.output + text).slice(-256 * 1024);
    this.changes.changed();
  }

  startedWith(id: number, pid: number, cwd: string, problem: string | null): void {
    this.cwd = cwd;
    if (problem === null) this.clock.follow(pid);
    this.answered.set(id, problem);
    this.changes.changed();
  }

  ended(code: number | null, signal: string | null): void {
    this.exits++;
    this.journal.add(null, 'the program ended', true, signal ?? `exit code ${code}`);
    this.changes.changed();
  }

  /** Lets go of everything. */
  drop(): void {
    for (const one of this.droppable) one.drop();
    for (const door of this.doors) door.close();
  }

  /* PeerContext */

  readByProgram(end: PeerEnd): number {
    return this.other(end)?.read ?? 0;
  }

  closedByProgram(end: PeerEnd): boolean {
    return this.other(end)?.gone ?? this.exits >= this.starts;
  }

  spend(bytes: number): boolean {
    this.budget -= bytes;
    return this.budget >= 0;
  }

  /* Peer */

  random(): number {
    return this.source.next();
  }

  integer(low: number, high: number): number {
    return this.source.integer(low, high);
  }

  bytes(length: number): Uint8Array {
    return this.source.bytes(length);
  }

  async start(options: Partial<StartOrder> = {}): Promise<void> {
    const id = ++this.starts;
    this.tell({ type: 'start', id, order: { args: options.args ?? [], env: options.env ?? {}, file: options.file ?? null } });
    await this.changes.until(() => this.answered.has(id), STARTUP);
    const problem = this.answered.get(id);
    if (problem !== null) throw new PeerStop(problem ?? 'the program was not started in time');
    this.journal.add(null, 'start', true, options.args?.join(' ') ?? null);
  }

  async listening(options: { within?: number; which?: number } = {}): Promise<Target> {
    if (this.starts === 0) await this.start();
    const which = options.which ?? 0;
    await this.changes.until(() => this.reachable.length > which || this.exits >= this.starts, options.within ?? STARTUP);
    const target = this.reachable[which];
    if (target?.path !== undefined && !target.path.startsWith('\0')) return { path: resolve(this.cwd, target.path) };
    if (target !== undefined) return target;
    const why = this.exits >= this.starts ? 'it ended before' : `within ${((options.within ?? STARTUP) / 1000).toFixed(1)} s`;
    throw new PeerStop(`the program did not listen: ${why}`);
  }

  async triedToListen(times: number, options: Expectation = {}): Promise<boolean> {
    await this.changes.until(() => this.vainTries >= times || this.exits >= this.starts, options.within ?? STARTUP);
    const done = this.vainTries >= times;
    return this.journal.add(null, 'triedToListen', done, `${this.vainTries} of ${times} times`, options.as ?? null);
  }

  async exited(options: Expectation = {}): Promise<boolean> {
    await this.changes.until(() => this.starts > 0 && this.exits >= this.starts, options.within ?? WITHIN);
    const gone = this.exits >= this.starts;
    return this.journal.add(null, 'exited', gone, gone ? null : 'the program is still running', options.as ?? null);
  }

  async printed(what: string | RegExp, options: Expectation = {}): Promise<boolean> {
    const holds = () => (typeof what === 'string' ? this.output.includes(what) : what.test(this.output));
    await this.changes.until(holds, options.within ?? WITHIN);
    return this.journal.add(null, 'printed', holds(), holds() ? null : `${what} was not printed`, options.as ?? null);
  }

  async type(text: string): Promise<void> {
    this.tell({ type: 'type', text });
    this.journal.add(null, 'type', true, text);
  }

  async signal(name: string): Promise<void> {
    this.tell({ type: 'signal', name });
    this.journal.add(null, 'signal', true, name);
  }

  async connect(target: Target & Expectation & { allowHalfOpen?: boolean; pause?: boolean } = {}): Promise<PeerConnection> {
    const to = await this.target(target);
    const socket = connect({ ...to, allowHalfOpen: target.allowHalfOpen ?? true });
    const end = this.newEnd('c', to.path ?? '');
    end.index = to.path === undefined ? 0 : this.unixConnects++;
    const connection = new PeerConnection(socket, end, this, target.pause ?? false);
    this.droppable.push(connection);
    const how = await this.outcome(socket, target.within ?? STARTUP);
    if (how !== null) connection.ok = false;
    end.localPort = socket.localPort ?? 0;
    end.remotePort = socket.remotePort ?? 0;
    this.journal.add(end.id, 'connect', how === null, how ?? name(to), target.as ?? null);
    return connection;
  }

  async expectRefused(target: Target & Expectation = {}): Promise<boolean> {
    const to = await this.target(target);
    const socket = connect(to);
    const how = await this.outcome(socket, target.within ?? WITHIN);
    socket.destroy();
    const refused = how === 'ECONNREFUSED' || how === 'ENOENT';
    return this.journal.add(
      null,
      'expectRefused',
      refused,
      refused ? name(to) : (how ?? `${name(to)} accepted the connection`),
      target.as ?? null,
    );
  }

  async listen(options: Target & { backlog?: number } = {}): Promise<Door> {
    const waiting: Socket[] = [];
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
      socket.on('error', () => {});
      waiting.push(socket);
      this.changes.changed();
    });
    const { path, backlog } = options;
    if (path === undefined) server.listen({ host: loopback(options.host), port: options.port ?? 0, backlog });
    else server.listen({ path, backlog });
    await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
      throw new PeerStop(`the peer cannot listen on ${name(options)} (${error.code}); another program has it`);
    });
    this.doors.push(server);
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    this.journal.add(null, 'listen', true, name({ port, path }));
    return {
      port,
      path: path ?? '',
      accept: async (expectation = {}) => {
        await this.changes.until(() => waiting.length > 0, expectation.within ?? STARTUP);
        const socket = waiting.shift();
        const end = this.newEnd('c', path ?? '');
        this.journal.add(end.id, 'accept', socket !== undefined, socket === undefined ? 'nobody connected' : null, expectation.as ?? null);
        if (socket === undefined) throw new PeerStop('the program did not connect');
        end.localPort = socket.localPort ?? 0;
        end.remotePort = socket.remotePort ?? 0;
        end.index = path === undefined ? 0 : this.unixConnects++;
        const connection = new PeerConnection(socket, end, this, expectation.pause ?? false);
        if (!expectation.pause) socket.resume();
        this.droppable.push(connection);
        return connection;
      },
      close: () =>
        new Promise<void>((resolve) => {
          for (const socket of waiting) socket.destroy();
          server.close();
          resolve();
        }),
    };
  }

  async datagrams(options: { ipv6?: boolean } = {}): Promise<Datagrams> {
    const socket = await bound(options.ipv6);
    const end = this.newEnd('u', '');
    end.localPort = socket.address().port;
    const made = new PeerDatagrams(socket, end, this, () => this.listening());
    this.droppable.push(made);
    return made;
  }

  async relay(options: { to: number; loss?: number; duplicate?: number; reorder?: number }): Promise<Relay> {
    const relay = new PeerRelay(await bound(), options, this);
    this.droppable.push(relay);
    return relay;
  }

  async hold(ms: number): Promise<void> {
    await this.changes.until(() => false, Math.min(ms, LONGEST_HOLD));
    this.journal.add(null, 'hold', true, `${ms} ms`);
  }

  async kernel(port: number, keepAs?: string): Promise<KernelRow[] | null> {
    const rows = kernelRows(port);
    if (keepAs !== undefined) this.keep(keepAs, rows);
    return rows;
  }

  keep(name: string, value: unknown): void {
    this.journal.kept[name] = value;
  }

  private async target(target: Target): Promise<Target & { port: number }> {
    const { host, port, path } =
      target.port !== undefined || target.path !== undefined ? target : { ...(await this.listening()), host: target.host };
    if (path !== undefined) return { path, port: 0 };
    return { host: loopback(host), port: port ?? 0 };
  }

  private newEnd(letter: string, path: string): PeerEnd {
    const end = {
      id: `${letter}${++this.names}`,
      localPort: 0,
      remotePort: 0,
      path,
      index: 0,
      received: new Uint8Array(0),
      written: 0,
      left: false,
    };
    this.journal.ends.push(end);
    return end;
  }

  /** null when it connects, the error code when it does not. */
  private async outcome(socket: Socket, within: number): Promise<string | null> {
    let how: string | null = 'no answer';
    let known = false;
    const end = (what: string | null) => {
      how = what;
      known = true;
      this.changes.changed();
    };
    socket.once('connect', () => end(null));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
    await this.changes.until(() => known, within);
    return how;
  }

  /** The program's end of a connection of ours. */
  private other(end: PeerEnd): { read: number; gone: boolean } | null {
    if (end.path !== '') {
      const socket = this.acceptedUnix[end.index] ?? this.connectedUnix[end.index];
      return socket === undefined ? null : (this.sockets.get(socket) ?? null);
    }
    for (const socket of this.sockets.values())
      if (portOf(socket.remote) === end.localPort && portOf(socket.local) === end.remotePort) return socket;
    return null;
  }
}

/** Why a script cannot go on, as a sentence. */
export class PeerStop extends Error {}

const isIp = (address: Address | null): boolean => address !== null && 'port' in address;
const portOf = (address: Address | null): number => (address !== null && 'port' in address ? address.port : -1);

function targetOf(address: Address | null): Target {
  if (address === null) return {};
  if ('path' in address) return { path: address.path };
  const { port } = address;
  // Where it listens on all addresses, ours is one of them.
  const host = address.address === '::' || address.address === '0.0.0.0' ? '127.0.0.1' : address.address;
  return { host, port };
}

/** Only this machine: an address of another one is refused. */
function loopback(host: string | undefined): string {
  if (host === undefined) return '127.0.0.1';
  if (LOOPBACK.has(host) || host.startsWith('127.') || host === '0.0.0.0' || host === '::') return host;
  throw new PeerStop(`the program listens on ${host}, where the peer does not connect: use 127.0.0.1`);
}

const name = (target: Target): string => target.path ?? `${target.host ?? '127.0.0.1'}:${target.port ?? 0}`;
