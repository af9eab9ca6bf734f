import type { FromExercisePage } from '../../src/contracts/exercise-page';

/** What the parts of the page may do. */
export interface Page {
  /** Tells the editor. */
  post(message: FromExercisePage): void;
  /** Says something to who listens, politely. */
  say(text: string): void;
  /** Something typed or opened may have changed what to press next. */
  changed(): void;
}
