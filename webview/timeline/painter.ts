import type { TimelineStore } from './store/store';

/** A picture that costs more than this (ms) makes a run that streams in wait. */
const CHEAP = 8;
/** Of a run that streams in at most this share of the time goes into pictures; the rest is for reading, keys and mouse. */
const SHARE = 0.4;

/**
 * Paints once a frame at most, and never while nobody sees the page. What the learner does is painted in the next frame; what only streams in waits
 * until pictures have had no more than their share of the time, so the reading keeps up with the program, and the store knows how many
 * batches one picture stands for.
 */
export class Painter {
  #frame = 0;
  #timer = 0;
  #batches = 0;
  /** When the last picture was, in ms. */
  painted = Number.NEGATIVE_INFINITY;
  /** When the next picture of what streamed in may be, in ms. */
  #next = 0;

  constructor(
    private readonly store: TimelineStore,
    private readonly update: () => void,
  ) {}

  soon(): void {
    if (document.hidden) {
      cancelAnimationFrame(this.#frame);
      clearTimeout(this.#timer);
      this.#frame = this.#timer = 0;
      return;
    }
    if (this.#frame !== 0) return;
    const streams = this.store.live && this.store.batches !== this.#batches;
    const wait = this.#next - performance.now();
    if (!streams || wait <= 0) {
      clearTimeout(this.#timer);
      this.#timer = 0;
      this.#frame = requestAnimationFrame(() => this.#paint());
    } else this.#timer ||= window.setTimeout(() => this.#due(), wait);
  }

  #due(): void {
    this.#timer = 0;
    this.soon();
  }

  #paint(): void {
    this.#frame = 0;
    const { store } = this;
    const came = store.batches - this.#batches;
    this.#batches = store.batches;
    if (came > 0) store.batchesPerPicture = store.live ? came : 1;
    const before = performance.now();
    this.update();
    const after = performance.now();
    this.painted = after;
    const cost = after - before;
    this.#next = store.live && cost > CHEAP ? after + cost / SHARE - cost : 0;
  }
}
