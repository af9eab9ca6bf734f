import { type Axis, stepsAxis, type View } from '../layout/axis';
import { Bookmarks } from './bookmarks';
import type { Depth } from './depth';
import { type Filter, NO_FILTER } from './filter';
import { LaneIndex } from './lane-index';
import type { Matches } from './matches';
import { StuckWatch } from './stuck-watch';
import type { Phase, Split } from './types';

/** What the parts of the page read. Only the store writes it. */
export class PanelState {
  phase: Phase = 'waiting';
  problem = '';
  title = '';
  live = false;
  canRun = true;
  /** Keeps the cursor at the end of a running program. */
  following = false;
  playing = false;
  /** A run that was followed has just ended, and the learner has not moved since. */
  over = false;
  /** The learner ended the run. */
  stopped = false;
  /** Pieces that were taken in so far; of a live run one picture stands for the last so many of them. */
  batches = 0;
  batchesPerPicture = 1;
  step = 0;
  filter: Filter = NO_FILTER;
  /** What the filter lets through; null when nothing is filtered. */
  passing: Matches | null = null;
  /** How deep a step goes. */
  depth: Depth = 'all';
  /** Steps a second while playing, as a multiple of the usual. */
  speed = 1;
  readonly bookmarks = new Bookmarks();
  filtersOpen = false;
  /** Event loops have a lane. */
  loops = true;
  /** Folded rows that are open. */
  opened: ReadonlySet<string> = new Set();
  query = '';
  /** As the learner chose it; see `shownTab`. */
  tab = 'step';
  /** The card of the step is a tab, for want of room. */
  compact = false;
  split: Split = { rows: null, columns: null };
  view: View = { scroll: 0, scale: 30 };
  scrollY = 0;
  width = 600;
  height = 300;
  axis: Axis = stepsAxis(0);
  index = new LaneIndex();
  matches: ((seq: number) => boolean) | null = null;
  /** Grows with every change of the trace, filter or axis (the minimap is drawn again then, not on every step). */
  revision = 0;
  /** The moves that belong to parts of the page (focus on the find field). */
  onMove: (move: 'find') => void = () => {};
  /** Why the run does not go on, as of its end or, live, of now. */
  readonly stuck = new StuckWatch();
}
