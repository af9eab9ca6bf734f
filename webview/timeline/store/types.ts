import type { FromTimeline, TimelineViewState } from '../../../src/contracts/timeline-api';
import type { TraceDecoder, TraceReader } from '../../../src/contracts/trace-model';

/** What the store needs from outside; tests hand in their own. */
export interface StoreDeps {
  newDecoder(): TraceDecoder;
  post(message: FromTimeline): void;
  remember(state: TimelineViewState): void;
  /** The sentence shown at the end of the highlighted line. */
  label(reader: TraceReader, seq: number): string;
  /** Runs something soon, after the page had a chance to paint. */
  soon(work: () => void): void;
  /** Milliseconds of a steady clock. */
  now(): number;
}

/** Where the trace is from, and what became of it. */
export type Phase = 'waiting' | 'open' | 'problem';

/** What of the view is kept over a reload, besides step and axis. */
export interface KeptView {
  scroll: number;
  scale: number;
  scrollY: number;
  filter: unknown;
  bookmarks: number[];
  depth: string;
  speed: number;
  tab: string;
  split: Split;
  /** Groups of quiet sockets that were opened, by key. */
  opened: string[];
  /** Event loops have a lane; absent: they have. */
  loops?: boolean;
}

/** Shares (0..1) of the room that the picture has above or beside the details; null until the learner has moved the border. */
export interface Split {
  rows: number | null;
  columns: number | null;
}
