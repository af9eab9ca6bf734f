/** What a result asked of the rest of the program, so that it is worked out again only when an answer may be another one. */
import type { Offers, Unit } from './unit';

/** `binding net`: which declarations of the whole program there are of that name; and so on. */
export type Question = `${keyof Offers} ${string}`;

export class Asked {
  readonly questions = new Set<Question>();
  /** Units that gave answers: their text counts. */
  readonly units = new Set<Unit>();
  /** Results that were used. Complete before this one is, so there are no circles. */
  private readonly parts = new Set<Asked>();
  private complete = false;

  done(): void {
    this.complete = true;
  }

  /** Takes over what a result depends on. One that is not complete depends, so far, on what it has asked so far. */
  include(other: Asked): void {
    if (other === this) return;
    if (other.complete) {
      this.parts.add(other);
      return;
    }
    for (const question of other.questions) this.questions.add(question);
    for (const unit of other.units) this.units.add(unit);
    for (const part of other.parts) this.parts.add(part);
  }

  /** Whether one of its answers may have changed. */
  isStale(changes: Changes): boolean {
    let stale = changes.judged.get(this);
    if (stale !== undefined) return stale;
    stale = this.judge(changes);
    changes.judged.set(this, stale);
    return stale;
  }

  private judge(changes: Changes): boolean {
    for (const unit of this.units) if (changes.removed.has(unit)) return true;
    for (const question of this.questions) if (changes.answers(question)) return true;
    for (const part of this.parts) if (part.isStale(changes)) return true;
    return false;
  }
}

/** The difference that an edit made. */
export class Changes {
  readonly judged = new Map<Asked, boolean>();
  private readonly known = new Map<Question, boolean>();

  constructor(
    readonly removed: ReadonlySet<Unit>,
    readonly added: readonly Unit[],
  ) {}

  /** Whether what came or went has a part in the answer. */
  answers(question: Question): boolean {
    let found = this.known.get(question);
    if (found !== undefined) return found;
    const space = question.indexOf(' ');
    const kind = question.slice(0, space) as keyof Offers;
    const name = question.slice(space + 1);
    const offers = (unit: Unit) => unit.offers(kind, name).length > 0;
    found = this.added.some(offers) || [...this.removed].some(offers);
    this.known.set(question, found);
    return found;
  }
}
