/** What a result asked of the rest of the program, so that it is worked out again only when an answer may be another one. */
import type { Offers, Unit } from './unit';

/** `binding`, `net`: which declarations of the whole program there are of that name; and so on. */
export class Question {
  /** The difference that was looked at last, and what came of it: thousands are asked at each key. */
  private seen: Changes | null = null;
  private changed = false;

  constructor(
    readonly kind: keyof Offers,
    readonly name: string,
  ) {}

  /** Whether what came or went has a part in the answer. */
  isAnsweredAnew(changes: Changes): boolean {
    if (this.seen === changes) return this.changed;
    this.seen = changes;
    this.changed = changes.offer(this.kind, this.name);
    return this.changed;
  }
}

export class Asked {
  readonly questions = new Set<Question>();
  /** Units that gave answers: their text counts. */
  readonly units = new Set<Unit>();
  /** Results that were used. Complete before this one is, so there are no circles. */
  private readonly parts = new Set<Asked>();
  private complete = false;
  /** As for a question. */
  private seen: Changes | null = null;
  private stale = false;

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
    if (this.seen === changes) return this.stale;
    this.stale = this.judge(changes);
    this.seen = changes;
    return this.stale;
  }

  private judge(changes: Changes): boolean {
    for (const unit of this.units) if (changes.removed.has(unit)) return true;
    for (const question of this.questions) if (question.isAnsweredAnew(changes)) return true;
    for (const part of this.parts) if (part.isStale(changes)) return true;
    return false;
  }
}

/** The difference that an edit made. */
export class Changes {
  constructor(
    readonly removed: ReadonlySet<Unit>,
    readonly added: readonly Unit[],
  ) {}

  /** Whether a unit that came or went offers the name. */
  offer(kind: keyof Offers, name: string): boolean {
    for (const unit of this.added) if (unit.offers(kind, name).length > 0) return true;
    for (const unit of this.removed) if (unit.offers(kind, name).length > 0) return true;
    return false;
  }
}
