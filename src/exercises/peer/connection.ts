/** One TCP or Unix-domain connection of the hidden peer. */
import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Bytes, Connection, Expectation } from '../../contracts/exercise-checks';
import { GrowingBytes } from './growing-bytes';
import { type Journal, show } from './journal';
import type { PeerEnd } from './messages';
import type { Random } from './random';
import type { Changes } from './signal';

/** ms that an expectation waits when it does not say. */
export const WITHIN = 1000;
/** Bytes that wait unread here before the socket stops reading. */
const FULL = 1024 * 1024;
/** Bytes of what came in that are kept for the checks. */
const KEPT = 1024 * 1024;

/** What a connection needs from its peer. */
export interface PeerContext {
  readonly changes: Changes;
  readonly journal: Journal;
  readonly source: Random;
  /** Bytes that the program has read from this end so far. */
  readByProgram(end: PeerEnd): number;
  /** Whether the program's end of it is closed. */
  closedByProgram(end: PeerEnd): boolean;
  /** Takes bytes from the peer's budget; false: it is used up. */
  spend(bytes: number): boolean;
}

export const toBytes = (data: Bytes): Uint8Array => (typeof data === 'string' ? Buffer.from(data) : data);

export class PeerConnection implements Connection {
  ok = true;
  line = '';
  bytes: Uint8Array = new Uint8Array(0);
  received = 0;
  private readonly digest = createHash('sha256');
  private chunks: Buffer[] = [];
  private unread = 0;
  private kept = 0;
  private readonly record = new GrowingBytes();
  private ended = false;
  private error: string | null = null;
  private closed = false;
  private wanted = false;
  private stopped: boolean;

  constructor(
    private readonly socket: Socket,
    readonly own: PeerEnd,
    private readonly context: PeerContext,
    paused: boolean,
  ) {
    this.stopped = paused;
    socket.setNoDelay?.(true);
    socket.on('data', (chunk: Buffer) => this.data(chunk));
    socket.on('end', () => {
      this.ended = true;
      context.changes.changed();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.error = error.code ?? String(error);
      own.left = true;
      context.changes.changed();
    });
    socket.on('close', () => {
      this.closed = true;
      own.left = true;
      context.changes.changed();
    });
    if (paused) socket.pause();
  }

  get id(): string {
    return this.own.id;
  }
  get localPort(): number {
    return this.own.localPort;
  }
  get remotePort(): number {
    return this.own.remotePort;
  }

  async write(data: Bytes): Promise<boolean> {
    if (!this.ok) return false;
    const bytes = toBytes(data);
    if (!this.context.spend(bytes.length)) return this.say('write', false, 'the peer may send no more in this run');
    this.own.written += bytes.length;
    this.socket.write(bytes);
    return this.say('write', true, show(bytes));
  }

  async split(data: Bytes, sizes?: number[]): Promise<boolean> {
    for (const part of this.parts(data, sizes)) {
      if (!(await this.write(part))) return false;
      // A turn of the event loop: each write(2) is made before the next is asked for.
      await new Promise((resolve) => setImmediate(resolve));
    }
    return this.ok;
  }

  async lockstep(data: Bytes, sizes?: number[]): Promise<boolean> {
    for (const part of this.parts(data, sizes)) if (!(await this.write(part)) || !(await this.wasRead())) return false;
    return this.ok;
  }

  async wasRead(options: Expectation = {}): Promise<boolean> {
    if (!this.ok) return false;
    const { own, context } = this;
    const done = () => context.readByProgram(own) >= this.own.written;
    await context.changes.until(() => done() || this.error !== null || context.closedByProgram(own), options.within ?? WITHIN);
    return this.judge('wasRead', done(), `the program has read ${context.readByProgram(own)} of ${this.own.written} bytes`, options.as);
  }

  async end(): Promise<boolean> {
    if (!this.ok) return false;
    this.socket.end();
    this.own.left = true;
    return this.say('end', true);
  }

  async reset(): Promise<boolean> {
    if (this.closed) return false;
    // RST is not for Unix-domain sockets; there it is a close.
    if (this.own.path === '') this.socket.resetAndDestroy();
    else this.socket.destroy();
    this.own.left = true;
    this.ok = false;
    return this.say('reset', true);
  }

  async destroy(): Promise<boolean> {
    if (this.closed) return false;
    this.socket.destroy();
    this.own.left = true;
    this.ok = false;
    return this.say('destroy', true);
  }

  async pause(): Promise<boolean> {
    this.stopped = true;
    this.socket.pause();
    return this.say('pause', true);
  }

  async resume(): Promise<boolean> {
    this.stopped = false;
    this.socket.resume();
    return this.say('resume', true);
  }

  async expect(data: Bytes, options: Expectation = {}): Promise<boolean> {
    if (!this.ok) return this.unreached('expect', options);
    const wanted = toBytes(data);
    const differs = () => firstDifference(this.peek(wanted.length), wanted) < Math.min(this.unread, wanted.length);
    await this.wait(() => this.unread >= wanted.length || differs(), options);
    const came = this.peek(wanted.length);
    const same = came.length === wanted.length && firstDifference(came, wanted) === wanted.length;
    if (same) this.take(wanted.length);
    return this.judge(
      'expect',
      same,
      same ? show(wanted) : `expected ${show(wanted)}, got ${show(this.peek(this.unread))}${this.why()}`,
      options.as,
    );
  }

  async expectLine(line?: string | RegExp, options: Expectation = {}): Promise<boolean> {
    if (!this.ok) return this.unreached('expectLine', options);
    await this.wait(() => this.peek(this.unread).indexOf(10) >= 0, options);
    const all = this.peek(this.unread);
    const at = all.indexOf(10);
    const wanted = line === undefined ? 'a line' : line instanceof RegExp ? `a line like ${line}` : `the line ${show(Buffer.from(line))}`;
    if (at < 0) return this.judge('expectLine', false, `expected ${wanted}, got ${show(all)} and no end of line${this.why()}`, options.as);
    this.line = this.take(at + 1)
      .toString('utf8', 0, at)
      .replace(/\r$/, '');
    const ok = line === undefined || (line instanceof RegExp ? line.test(this.line) : line === this.line);
    const came = show(Buffer.from(this.line));
    return this.judge('expectLine', ok, ok ? came : `expected ${wanted}, got ${came}`, options.as);
  }

  async expectBytes(count: number, options: Expectation = {}): Promise<boolean> {
    if (!this.ok) return this.unreached('expectBytes', options);
    await this.wait(() => this.unread >= count, options);
    const came = this.unread;
    if (came >= count) this.bytes = this.take(count);
    return this.judge(
      'expectBytes',
      came >= count,
      `${Math.min(came, count)} of ${count} bytes${came < count ? this.why() : ''}`,
      options.as,
    );
  }

  async expectCount(count: number, options: Expectation = {}): Promise<boolean> {
    if (!this.ok) return this.unreached('expectCount', options);
    let left = count;
    await this.wait(() => {
      left -= this.take(Math.min(left, this.unread)).length;
      return left === 0;
    }, options);
    return this.judge('expectCount', left === 0, `${count - left} of ${count} bytes${left > 0 ? this.why() : ''}`, options.as);
  }

  async expectEnd(options: Expectation & { rest?: boolean } = {}): Promise<boolean> {
    if (!this.ok) return this.unreached('expectEnd', options);
    await this.wait(() => {
      if (options.rest) this.take(this.unread);
      return this.ended || this.unread > 0;
    }, options);
    const clean = this.ended && this.unread === 0;
    const problem = this.unread > 0 ? `expected the end, got ${show(this.peek(this.unread))}` : `the end did not come${this.why()}`;
    return this.judge('expectEnd', clean, clean ? null : problem, options.as);
  }

  async expectReset(options: Expectation = {}): Promise<boolean> {
    if (!this.ok) return this.unreached('expectReset', options);
    await this.wait(() => this.error === 'ECONNRESET', options, true);
    return this.judge(
      'expectReset',
      this.error === 'ECONNRESET',
      this.error ?? (this.ended ? 'the end came, no reset' : 'no reset came'),
      options.as,
    );
  }

  async expectClosed(options: Expectation = {}): Promise<boolean> {
    if (!this.ok) return this.unreached('expectClosed', options);
    await this.wait(() => {
      this.take(this.unread);
      return this.ended || this.error !== null;
    }, options);
    const done = this.ended || this.error !== null;
    return this.judge('expectClosed', done, done ? (this.error ?? 'FIN') : 'the connection is still open', options.as);
  }

  async expectSilence(ms: number, options: Expectation = {}): Promise<boolean> {
    if (!this.ok) return this.unreached('expectSilence', options);
    await this.wait(() => this.unread > 0 || this.ended || this.error !== null, { within: ms });
    const silent = this.unread === 0 && !this.ended && this.error === null;
    return this.judge(
      'expectSilence',
      silent,
      silent ? `${ms} ms` : `expected silence, got ${show(this.peek(this.unread))}${this.why()}`,
      options.as,
    );
  }

  sha256(): string {
    return this.digest.copy().digest('hex');
  }

  /** Lets go of the connection at the end of the run, without a word in the journal. */
  drop(): void {
    this.socket.destroy();
  }

  private data(chunk: Buffer): void {
    this.received += chunk.length;
    this.chunks.push(chunk);
    this.unread += chunk.length;
    if (this.kept < KEPT) {
      this.own.received = this.record.add(chunk.subarray(0, KEPT - this.kept));
      this.kept += chunk.length;
    }
    this.context.changes.changed();
    if (this.unread > FULL && !this.wanted) this.socket.pause();
  }

  /** Waits as an expectation does; the end of the connection ends the waiting, as nothing can come after it. */
  private async wait(test: () => boolean, options: Expectation, onlyTest = false): Promise<void> {
    this.wanted = true;
    if (!this.stopped) this.socket.resume();
    await this.context.changes.until(() => test() || this.error !== null || (!onlyTest && this.ended), options.within ?? WITHIN);
    this.wanted = false;
  }

  private why(): string {
    if (this.error !== null) return `; then ${this.error}`;
    if (this.ended) return '; then the connection was ended';
    return this.closed ? '; the connection is closed' : '';
  }

  private peek(count: number): Buffer {
    if (this.chunks.length > 1) this.chunks = [Buffer.concat(this.chunks)];
    return (this.chunks[0] ?? Buffer.alloc(0)).subarray(0, count);
  }

  private take(count: number): Buffer {
    const taken = this.peek(count);
    this.digest.update(taken);
    const rest = this.chunks[0]?.subarray(taken.length);
    this.chunks = rest === undefined || rest.length === 0 ? [] : [rest];
    this.unread -= taken.length;
    return taken;
  }

  private parts(data: Bytes, sizes?: number[]): Uint8Array[] {
    const bytes = toBytes(data);
    const parts: Uint8Array[] = [];
    let at = 0;
    for (const size of sizes ?? this.context.source.cuts(bytes.length)) {
      if (at >= bytes.length) break;
      parts.push(bytes.subarray(at, at + Math.max(1, size)));
      at += Math.max(1, size);
    }
    if (at < bytes.length) parts.push(bytes.subarray(at));
    return parts;
  }

  /** Writes an expectation down; one that was not met ends the script on this connection. */
  private judge(step: string, ok: boolean, detail: string | null, as?: string): boolean {
    if (!ok) this.ok = false;
    return this.say(step, ok, detail, as);
  }

  private say(step: string, ok: boolean, detail: string | null = null, as?: string): boolean {
    return this.context.journal.add(this.id, step, ok, detail, as ?? null);
  }

  private unreached(step: string, options: Expectation): false {
    this.say(step, false, 'not reached: an earlier step on this connection failed', options.as);
    return false;
  }
}

function firstDifference(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  if (Buffer.compare(a.subarray(0, length), b.subarray(0, length)) === 0) return length;
  for (let at = 0; at < length; at++) if (a[at] !== b[at]) return at;
  return length;
}
