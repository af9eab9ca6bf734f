import type { Finding, PeerEntry, PeerView } from '../../contracts/exercise-checks';
import type { TraceStore } from '../../trace';
import type { PeerLog } from '../peer/messages';
import { findEnd } from './peer-ends';

/** The peer's journal for checks, with times of the trace. */
export class RunPeer implements PeerView {
  readonly entries: PeerEntry[];
  readonly stopped: string | null;
  readonly kept: { [name: string]: unknown };

  constructor(
    private readonly scenario: string,
    private readonly log: PeerLog,
    private readonly trace: TraceStore,
    epoch: number,
  ) {
    this.entries = log.entries.map((entry) => ({ ...entry, t: entry.t - epoch }));
    this.stopped = log.stopped;
    this.kept = log.kept;
  }

  met(as: string): Finding {
    return this.judge(this.entries.filter((entry) => entry.as === as));
  }

  allMet(): Finding {
    const found = this.judge(this.entries.filter((entry) => entry.as !== null || !entry.ok));
    return { ...found, ok: this.stopped === null && this.entries.every((entry) => entry.ok) };
  }

  received(connection: string): Uint8Array {
    return this.log.ends.find(({ id }) => id === connection)?.received ?? new Uint8Array(0);
  }

  private judge(entries: PeerEntry[]): Finding {
    const failed = entries.find((entry) => !entry.ok);
    const shown = failed ?? entries.at(-1);
    const facts =
      shown === undefined
        ? { detail: this.stopped ?? 'the peer did not come to this step', connection: 'none' }
        : { detail: shown.detail ?? shown.step, connection: shown.connection ?? 'the peer' };
    return {
      ok: entries.length > 0 && failed === undefined,
      seqs: shown === undefined ? [] : this.steps(shown),
      scenario: this.scenario,
      facts,
    };
  }

  /** The last step of the program's end of the connection up to the moment of the entry, and the last before that read or wrote. */
  private steps(entry: PeerEntry): number[] {
    const end = this.log.ends.find(({ id }) => id === entry.connection);
    const index = end === undefined ? -1 : findEnd(this.trace, end);
    const until = (seq: number) => this.trace.time(seq) <= entry.t && this.trace.kind(seq) === 'call';
    const own = index < 0 ? allCalls(this.trace) : [...this.trace.eventsOfSocket(index)];
    const before = own.filter(until);
    return before.slice(-2);
  }
}

function allCalls(trace: TraceStore): number[] {
  const seqs: number[] = [];
  for (let seq = 1; seq <= trace.size; seq++) if (trace.kind(seq) === 'call') seqs.push(seq);
  return seqs;
}
