import { lowerBound } from '../layout/search';

/** Steps that the learner marked, ascending; kept with the view of a trace. */
export class Bookmarks {
  steps: number[] = [];

  /** Marks a step, or takes its mark away. */
  toggle(step: number): void {
    if (step < 1) return;
    const at = lowerBound(this.steps, step);
    this.steps = this.steps[at] === step ? this.steps.filter((one) => one !== step) : this.steps.toSpliced(at, 0, step);
  }

  has(step: number): boolean {
    return this.steps[lowerBound(this.steps, step)] === step;
  }

  /** The next or previous one from a step, around the end; null when there is none. */
  from(step: number, way: 1 | -1): number | null {
    const { steps } = this;
    if (steps.length === 0) return null;
    return way > 0 ? (steps[lowerBound(steps, step + 1)] ?? steps[0]!) : (steps[lowerBound(steps, step) - 1] ?? steps.at(-1)!);
  }

  /** What was kept; anything that is no list of steps is none. */
  restore(kept: unknown): void {
    const steps = Array.isArray(kept) ? kept.filter((one): one is number => Number.isInteger(one) && one > 0) : [];
    this.steps = [...new Set(steps)].sort((a, b) => a - b);
  }
}
