/** One round of the quiz: questions one after the other, options shuffled anew each time, a score at the end. */
import type { QuizView } from '../../contracts/exercise-page';
import type { QuizItem } from '../../contracts/exercises';

export class QuizSession {
  private at = 0;
  private options: QuizItem['options'];
  private picked: QuizView['picked'] = null;
  private right = 0;
  private readonly missed: { concept: string; due: string }[] = [];

  /**
   * @param items at least one
   * @param answered keeps an answer; tells whether it was right and, when not, when the question comes back (ISO time)
   * @param random from 0 to below 1
   */
  constructor(
    private readonly items: readonly QuizItem[],
    private readonly answered: (item: QuizItem, option: string | null) => { right: boolean; again: string | null },
    private readonly random: () => number = Math.random,
  ) {
    this.options = this.shuffled();
  }

  view(): QuizView {
    const item = this.items[this.at];
    const round = { number: Math.min(this.at + 1, this.items.length), of: this.items.length };
    if (item === undefined)
      return { ...round, item: null, picked: null, score: { right: this.right, of: this.items.length, reviews: this.missed } };
    const { id, question, sources } = item;
    const options = this.options.map((option) => ({ id: option.id, text: option.text }));
    return { ...round, item: { id, question, options, sources }, picked: this.picked, score: null };
  }

  /** `null` is "I don't know". An answer to a question that has one already changes nothing. */
  answer(option: string | null): void {
    const item = this.items[this.at];
    if (item === undefined || this.picked !== null) return;
    const correct = item.options.find(({ right }) => right === true)!;
    const chosen = item.options.find(({ id }) => id === option) ?? null;
    const { right, again } = this.answered(item, chosen?.id ?? null);
    if (right) this.right++;
    else if (again !== null) this.missed.push({ concept: item.question, due: again });
    this.picked = { option: chosen?.id ?? null, right, correct: correct.id, says: (chosen ?? correct).says, again };
  }

  /** The next question, or the score; nothing before this one is answered. */
  next(): void {
    if (this.picked === null) return;
    this.at++;
    this.picked = null;
    this.options = this.shuffled();
  }

  /** Fisher and Yates: every order is equally likely. In the files the right option stands first. */
  private shuffled(): QuizItem['options'] {
    const options = [...(this.items[this.at]?.options ?? [])];
    for (let i = options.length - 1; i > 0; i--) {
      const j = Math.floor(this.random() * (i + 1));
      [options[i], options[j]] = [options[j]!, options[i]!];
    }
    return options;
  }
}
