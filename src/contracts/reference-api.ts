/** Messages between the extension host and the page of the Syscall Reference. */

/** A card as the page needs it. */
export interface ReferenceCard {
  id: string;
  title: string;
  kind: 'call' | 'concept' | 'error';
  /** Markdown with a heading. Links to other cards are `<id>.md`. */
  body: string;
  /** A step of a run can show it. */
  showable: boolean;
}

export type ToReference =
  /** All cards; `id` is the one to show first. */
  { type: 'open'; cards: ReferenceCard[]; id: string | null } | { type: 'show'; id: string };

export type FromReference =
  /** The page can take an `open`. */
  | { type: 'ready' }
  /** This card is shown now. */
  | { type: 'shown'; id: string }
  /** Show a step of the last run, or of the sample, that this card is about. */
  | { type: 'see'; id: string };

/** What the page keeps for a reload of the window. */
export interface ReferenceState {
  id: string;
}
