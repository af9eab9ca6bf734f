import type { TimelineStore } from '../store/store';

/** A piece of the page. `update` is called at most once a frame, after something changed; it must be cheap when nothing of its own did. */
export interface Part {
  readonly element: HTMLElement;
  update(store: TimelineStore): void;
}
