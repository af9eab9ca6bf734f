import type { PeerEntry } from '../../contracts/exercise-checks';
import { previewBytes } from '../../knowledge/syscalls/format-call';
import type { PeerEnd } from './messages';

/** Entries beyond this are counted only: a script in a loop must not fill the memory. */
const MOST = 20_000;

/** Bytes as a short text, as strace would print them. */
export const show = (bytes: Uint8Array): string => previewBytes(bytes, bytes.length, 60);

/** What the peer did and saw, in order. Times are of CLOCK_MONOTONIC, the probe's clock. */
export class Journal {
  readonly entries: PeerEntry[] = [];
  readonly ends: PeerEnd[] = [];
  readonly kept: { [name: string]: unknown } = {};
  private n = 0;

  /** Writes down a step and gives back `ok`. */
  add(connection: string | null, step: string, ok: boolean, detail: string | null = null, as: string | null = null): boolean {
    this.n++;
    if (this.entries.length < MOST || !ok)
      this.entries.push({ n: this.n, t: Number(process.hrtime.bigint()), connection, step, as, ok, detail });
    return ok;
  }
}
