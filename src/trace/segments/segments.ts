import type { SocketStateName } from '../../contracts/trace';
import type { TraceReader } from '../../contracts/trace-model';

export type Flag = 'SYN' | 'ACK' | 'PSH' | 'FIN' | 'RST';

/**
 * A TCP segment as this model draws it. Nobody captured packets: from the calls and states of both ends follows that such segments crossed, not
 * how the bytes were cut into them nor when exactly. Numbers count from 0 in each direction (as Wireshark's relative ones do): SYN and FIN take one
 * each, like a byte of data (RFC 9293 section 3.4).
 */
export interface Segment {
  /** The step that shows that it was sent. */
  step: number;
  from: 'left' | 'right';
  flags: Flag[];
  seq: number;
  /** Next byte expected from the other end; null on the first SYN. */
  ack: number | null;
  /** Bytes of data. */
  length: number;
  /** States of the ends behind it, as the trace has them (SYN_RECEIVED is the model's); null when that end is not in the trace. */
  left: SocketStateName | null;
  right: SocketStateName | null;
}

const SENDS = new Set(['write', 'writev', 'send', 'sendto', 'sendmsg']);
const RECEIVES = new Set(['read', 'readv', 'recv', 'recvfrom', 'recvmsg']);
const FIN_SENT: ReadonlySet<SocketStateName> = new Set(['FIN_WAIT_1', 'FIN_WAIT_2', 'CLOSING', 'LAST_ACK', 'TIME_WAIT']);
const FIN_RECEIVED: ReadonlySet<SocketStateName> = new Set(['CLOSE_WAIT', 'CLOSING', 'LAST_ACK', 'TIME_WAIT']);

type Side = 0 | 1;
const NAMES = ['left', 'right'] as const;

/**
 * The segments of a TCP connection, in order, from the handshake to the end.
 * @param left index of the end that connected, @param right of the one that was accepted; -1 for one that is not in the trace
 */
export function segmentsOf(trace: TraceReader, left: number, right: number): Segment[] {
  return new SegmentModel(trace, [left, right]).run();
}

class SegmentModel {
  private readonly found: Segment[] = [];
  /** Next sequence number of each side. */
  private readonly next = [0, 0];
  /** Step of the newest data of each side that is not acknowledged yet; 0 for none. */
  private readonly unacked = [0, 0];
  private readonly states: (SocketStateName | null)[];
  private readonly finSent = [false, false];
  private readonly finSeen = [false, false];
  private established = false;
  private reset = false;
  /** The newest event that was no state: what caused the states behind it. */
  private cause = 0;

  constructor(
    private readonly trace: TraceReader,
    private readonly ends: [number, number],
  ) {
    this.states = ends.map((end) => (end < 0 ? null : 'CLOSED'));
  }

  run(): Segment[] {
    for (const [seq, side] of this.events()) this.take(seq, side);
    this.flush();
    return this.found;
  }

  private *events(): Iterable<[number, Side]> {
    const [a, b] = this.ends.map((end) => (end < 0 ? new Uint32Array(0) : this.trace.eventsOfSocket(end))) as [Uint32Array, Uint32Array];
    for (let i = 0, j = 0; i < a.length || j < b.length; ) {
      if (j >= b.length || (i < a.length && a[i]! < b[j]!)) yield [a[i++]!, 0];
      else yield [b[j++]!, 1];
    }
  }

  private take(seq: number, side: Side): void {
    const { trace } = this;
    const to = trace.stateTo(seq);
    if (to !== null) {
      this.change(seq, side, trace.stateFrom(seq), to);
      return;
    }
    const call = trace.call(seq);
    if (call === null) return;
    this.cause = seq;
    if (call === 'connect' && side === 0 && (trace.error(seq) === null || trace.error(seq) === 'EINPROGRESS') && this.found.length === 0) {
      this.push(seq, 0, ['SYN'], 0, { left: 'SYN_SENT', right: this.ends[1] < 0 ? null : 'SYN_RECEIVED' });
      return;
    }
    const bytes = trace.bytes(seq);
    if (!bytes || bytes < 0 || trace.error(seq) !== null) return;
    if (SENDS.has(call)) {
      if (!this.established) this.shake(seq);
      this.data(seq, side, bytes);
    } else if (RECEIVES.has(call)) {
      // An end outside the trace is seen only by what it sent.
      if (this.ends[1 - side]! < 0) this.data(seq, (1 - side) as Side, bytes);
      this.flush();
    }
  }

  private change(seq: number, side: Side, from: SocketStateName | null, to: SocketStateName): void {
    const other = (1 - side) as Side;
    if (to === 'ESTABLISHED') {
      if (!this.established) this.shake(seq);
      this.states[side] = to;
      return;
    }
    const last = this.states[side];
    this.states[side] = to;
    if (to === 'SYN_SENT' || to === 'LISTEN') return;
    if (FIN_RECEIVED.has(to) && !this.finSeen[side]) this.sawFin(seq, side);
    if (FIN_SENT.has(to) && !this.finSent[side]) {
      this.finSent[side] = true;
      this.push(seq, side, ['FIN', 'ACK'], 0);
      return;
    }
    // What acknowledges this end's FIN (RFC 9293 section 3.10.7.4, fifth step).
    const acknowledged =
      (from === 'FIN_WAIT_1' && (to === 'FIN_WAIT_2' || to === 'TIME_WAIT')) ||
      (from === 'CLOSING' && to === 'TIME_WAIT') ||
      (from === 'LAST_ACK' && to === 'CLOSED');
    if (acknowledged) {
      // TIME_WAIT from FIN_WAIT_1: the other end's FIN carried it.
      if (from !== 'FIN_WAIT_1' || to !== 'TIME_WAIT') this.push(seq, other, ['ACK'], 0);
      return;
    }
    if (to !== 'CLOSED' || this.reset || from === 'TIME_WAIT' || from === 'LISTEN' || from === 'CLOSED') {
      this.note();
      return;
    }
    this.ended(seq, side, from ?? last ?? null);
  }

  /** An end is gone without the FINs: a reset, or nobody answered. */
  private ended(seq: number, side: Side, from: SocketStateName | null): void {
    const { trace } = this;
    const other = (1 - side) as Side;
    const own = trace.socketIndex(this.cause) === this.ends[side];
    const closes = own && trace.call(this.cause) === 'close';
    if (from === 'SYN_SENT') {
      const refused = own && (trace.error(this.cause) === 'ECONNREFUSED' || trace.event(this.cause).args?.value === 'ECONNREFUSED');
      if (refused) this.push(seq, other, ['RST', 'ACK'], 0);
      else this.note();
      return;
    }
    this.reset = true;
    // Its own close (or the end of its process) sent it; anything else is how it learnt of one.
    const sender = closes || trace.stateFrom(seq) === null || this.exited(seq, side) ? side : other;
    this.push(seq, sender, ['RST', 'ACK'], 0);
  }

  private exited(seq: number, side: Side): boolean {
    for (let at = seq - 1; at >= 1; at--) {
      const kind = this.trace.kind(at);
      if (kind === 'state') continue;
      return kind === 'exit' && this.trace.event(at).pid === this.trace.sockets[this.ends[side]!]?.pid;
    }
    return false;
  }

  /** The rest of the handshake: at the first sign that it was complete. */
  private shake(seq: number): void {
    this.established = true;
    if (this.found.length === 0) this.push(seq, 0, ['SYN'], 0, { left: this.end(0, 'SYN_SENT'), right: this.end(1, 'SYN_RECEIVED') });
    this.push(seq, 1, ['SYN', 'ACK'], 0, { left: this.end(0, 'ESTABLISHED'), right: this.end(1, 'SYN_RECEIVED') });
    this.push(seq, 0, ['ACK'], 0, { left: this.end(0, 'ESTABLISHED'), right: this.end(1, 'ESTABLISHED') });
    this.states[0] = this.end(0, 'ESTABLISHED');
    this.states[1] = this.end(1, 'ESTABLISHED');
  }

  private end(side: Side, state: SocketStateName): SocketStateName | null {
    return this.ends[side]! < 0 ? null : state;
  }

  private data(seq: number, side: Side, bytes: number): void {
    this.push(seq, side, ['PSH', 'ACK'], bytes);
    this.unacked[side] = seq;
  }

  /** A FIN reached this end: its row shows the state that it brought; where the sender is not traced, it appears here. */
  private sawFin(seq: number, side: Side): void {
    this.finSeen[side] = true;
    const other = (1 - side) as Side;
    if (this.ends[other]! < 0) {
      this.push(seq, other, ['FIN', 'ACK'], 0);
      return;
    }
    const row = this.found.findLast((one) => one.from === NAMES[other] && one.flags[0] === 'FIN');
    if (row && row === this.found.at(-1)) row[NAMES[side]] = this.states[side]!;
  }

  /** A state that no segment of its own brought: the newest row shows it. */
  private note(): void {
    const row = this.found.at(-1);
    if (!row) return;
    row.left = this.states[0] ?? null;
    row.right = this.states[1] ?? null;
  }

  /** Acknowledges what no other segment has. */
  private flush(): void {
    for (const side of [0, 1] as const) {
      const step = this.unacked[side]!;
      if (step > 0) this.push(step, (1 - side) as Side, ['ACK'], 0);
    }
  }

  private push(step: number, side: Side, flags: Flag[], length: number, states?: Pick<Segment, 'left' | 'right'>): void {
    const other = 1 - side;
    const ack = flags.includes('ACK') ? this.next[other]! : null;
    this.found.push({
      step,
      from: NAMES[side],
      flags,
      seq: this.next[side]!,
      ack,
      length,
      left: states ? states.left : this.states[0]!,
      right: states ? states.right : this.states[1]!,
    });
    this.next[side]! += length + (flags.includes('SYN') || flags.includes('FIN') ? 1 : 0);
    if (ack !== null) this.unacked[other] = 0;
  }
}
