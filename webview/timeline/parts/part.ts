import type { TimelineStore } from '../store/store';

/** A piece of the page. `update` is called at most once a frame, after something changed; it must be cheap when nothing of its own did. */
export interface Part {
  readonly element: HTMLElement;
  /**
   * Scrolls to what `update` will show. Called for all parts before anything is written: later, to set a place to scroll to would make the browser lay out
   * the page in the middle of the frame, and once more at its end.
   */
  scroll?(store: TimelineStore): void;
  update(store: TimelineStore): void;
}
