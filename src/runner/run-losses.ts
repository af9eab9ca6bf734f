/** What is missing in a trace, or not where it should be: counted while it is collected, said in sentences and numbers at its head. */
import type { ProbeTotals } from '../contracts/probe-stream';
import type { SocketInfo, TraceHeader } from '../contracts/trace';
import type { Thinning } from './thinning';

export class RunLosses {
  /** Sentences about streams and programs of which something is missing. */
  readonly damages: string[] = [];
  private late = 0;
  private latest = 0;
  private lost = 0;
  private payloads = 0;
  private calls = 0;
  private since: number | null = null;
  private states: number | null = null;
  private told = '';

  constructor(
    private readonly thinning: Thinning,
    /** Size that the run may have, in words: `1 GiB`. */
    private readonly size: string,
  ) {}

  /** A record came `by` ns later than what was before it. */
  arrivedLate(by: number): void {
    this.late++;
    this.latest = Math.max(this.latest, by);
  }

  /** A stream is read to its end: what its probe has counted, and what its notices said. */
  stream(totals: ProbeTotals | null, said: number): void {
    // The same operations; either of the two may have failed on a full disk.
    this.lost += Math.max(totals?.lost ?? 0, said);
    this.payloads += totals?.payloads ?? 0;
    this.calls += totals?.calls ?? 0;
  }

  /** At the end: with several Unix-domain connections whose ends nobody told apart, two of them may be swapped. */
  joinedByOrder(sockets: readonly SocketInfo[]): void {
    const count = sockets.filter(({ role, peerBy }) => role === 'accepted' && peerBy === 'order').length;
    if (count > 1)
      this.damages.push(
        `The kernel was not asked in time which sockets of ${number(count)} Unix-domain connections belong together: they are joined in the order of connect and accept, which is wrong where a program outside this trace connected, too.`,
      );
  }

  /** From the event `seq` on calls are left out (2), or everything (3). */
  thins(level: number, seq: number): void {
    if (level >= 2) this.since ??= seq;
    if (level >= 3) this.states ??= seq;
  }

  /** Puts it into the head of the trace. Returns true when that changed it. */
  into(header: Omit<TraceHeader, 'processes'>): boolean {
    const payloads = this.payloads + this.thinning.payloads;
    const calls = this.calls + this.thinning.calls;
    const { late, since, states } = this;
    const notices = [...this.damages];
    if (header.payload === 0) notices.push('Capture of bytes was off: the trace has how many bytes moved, not which.');
    if (payloads > 0)
      notices.push(
        `The run reached half of its size (${this.size}): of ${number(payloads)} later operations the trace has the number of bytes, not the bytes.`,
      );
    if (calls > 0)
      notices.push(
        states === null
          ? `The run reached three quarters of its size (${this.size}): ${number(calls)} reads, writes and other calls ${from(since)} are left out. Sockets still come, go and change their state, and each says how much of it was left out.`
          : `The run reached its size (${this.size}): ${number(calls)} operations ${from(since)} are left out, and ${from(states)} nothing was recorded, so that sockets may have come, gone or changed their state unseen. A larger size can be set (socketscope.capture.maxBytes, --max-bytes).`,
      );
    if (late > 0)
      notices.push(`${late} records arrived late (by up to ${(this.latest / 1e6).toFixed(1)} ms) and stand in the order of their arrival.`);
    header.notices = notices;
    header.dropped = this.lost + calls;
    if (payloads > 0 || calls > 0 || since !== null) header.thinned = { payloads, calls, since, states };
    // Numbers that only grow are brought up to date at the end.
    const told = JSON.stringify([notices.length, this.damages, payloads > 0, calls > 0, since, states, this.lost]);
    const changed = told !== this.told;
    this.told = told;
    return changed;
  }
}

const number = (value: number) => value.toLocaleString('en');
const from = (step: number | null) => (step === null ? 'of some processes' : `from step ${number(step)} on`);

/** A number of bytes in words: `1 GiB`, `64 MiB`. */
export function inWords(bytes: number): string {
  for (const [unit, size] of [
    ['GiB', 1024 ** 3],
    ['MiB', 1024 ** 2],
    ['KiB', 1024],
  ] as const)
    if (bytes >= size) return `${Number((bytes / size).toFixed(1))} ${unit}`;
  return `${bytes} bytes`;
}
