import { setStyle } from '../../kit/dom';

/** Rows that exist beyond the edges, so that the keyboard and a quick wheel find one there. */
const BEYOND = 4;
/** As long as nothing is known of sizes. */
const FIRST = 16;

/** The rows [from, to) of a list. */
export interface RowRange {
  from: number;
  to: number;
}

/**
 * Of a long table only the rows in view exist; what is missing above and below is room. All rows are equally high. Sizes come from observers and
 * events: nothing here makes the browser lay the page out in the middle of a frame, except to scroll to a row that is out of view.
 */
export class RowWindow {
  readonly before = document.createElement('div');
  readonly after = document.createElement('div');
  #top = 0;
  #height = 0;
  #head = 0;
  #row = 0;
  #observed: Element | null = null;
  /** The row that was scrolled to, until somebody scrolls elsewhere. */
  #wanted = -1;
  readonly #sizes: ResizeObserver;

  /**
   * @param scroll what scrolls; `before`, the table and `after` are in it
   * @param head the headings, which stay at its upper edge
   * @param changed other rows may be in view
   */
  constructor(
    readonly scroll: HTMLElement,
    readonly head: HTMLElement,
    changed: () => void,
  ) {
    this.#sizes = new ResizeObserver((entries) => {
      for (const { target, borderBoxSize } of entries) {
        const size = borderBoxSize[0]?.blockSize ?? 0;
        if (target === scroll) this.#height = size;
        else if (size === 0) continue;
        else if (target === head) {
          this.#head = size;
          // A row that gets the focus is not left under the headings.
          setStyle(scroll, 'scroll-padding-top', `${size}px`);
        } else this.#row = size;
      }
      if (this.#wanted >= 0 && this.known) this.reveal(this.#wanted);
      changed();
    });
    this.#sizes.observe(scroll);
    this.#sizes.observe(head);
    scroll.addEventListener(
      'scroll',
      () => {
        const { scrollTop } = scroll;
        // Where it was told to go.
        if (scrollTop === this.#top) return;
        this.#top = scrollTop;
        this.#wanted = -1;
        changed();
      },
      { passive: true },
    );
  }

  /** Whether it is known how high things are. */
  get known(): boolean {
    return this.#row > 0 && this.#height > 0;
  }

  /** Which of `count` rows should exist; makes room for the others. */
  range(count: number): RowRange {
    const { before, after } = this;
    const row = this.#row;
    const visible = row === 0 ? FIRST : Math.ceil(Math.max(0, this.#height - this.#head) / row) + 1;
    const first = row === 0 ? 0 : Math.max(0, Math.min(Math.floor(this.#top / row), count - visible));
    const range = { from: Math.max(0, first - BEYOND), to: Math.min(count, first + visible + BEYOND) };
    setStyle(before, 'height', `${range.from * row}px`);
    setStyle(after, 'height', `${(count - range.to) * row}px`);
    return range;
  }

  /** Learns from this row how high all are. */
  measure(row: Element | null): void {
    if (row === this.#observed) return;
    if (this.#observed) this.#sizes.unobserve(this.#observed);
    this.#observed = row;
    if (row) this.#sizes.observe(row);
  }

  /**
   * Scrolls so far that row `at` is in view, with a little room; true when other rows are in view then.
   * @param clean nothing has been written in this frame so far: then it can be scrolled at once
   */
  reveal(at: number, clean = false): boolean {
    this.#wanted = at;
    const row = this.#row;
    const room = Math.max(row, this.#height - this.#head);
    const upper = at * row;
    let top = this.#top;
    if (upper < top) top = Math.max(0, upper - 8);
    // Where there is no room for the whole row, its beginning is what is shown.
    else if (upper + row > top + room) top = Math.min(upper, upper + row - room + 8);
    if (top === this.#top) return false;
    this.#top = top;
    if (clean) {
      this.scroll.scrollTop = top;
      // A list that grew has no room for that yet.
      if (this.scroll.scrollTop >= top - 1) return true;
    }
    // Once all parts of the page are written: it is laid out for this, and only once then.
    queueMicrotask(() => {
      this.scroll.scrollTop = top;
    });
    return true;
  }
}
