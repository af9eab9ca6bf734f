/** Spaced review of what was missed: after 1, 3, 7 and 21 days. */
import type { Progress, Review } from '../../contracts/exercises';

export const DAY = 86_400_000;
export const REVIEW_DAYS = [1, 3, 7, 21] as const;
/** Reviews with this step are known and come no more until missed again. */
export const KNOWN = REVIEW_DAYS.length;

const inDays = (days: number, now: Date) => new Date(now.getTime() + days * DAY).toISOString();

/** Missed (again): tomorrow, from the beginning. */
export const missed = (review: Review | undefined, now: Date): Review => ({
  step: 0,
  due: inDays(REVIEW_DAYS[0], now),
  misses: (review?.misses ?? 0) + 1,
});

/** Answered right when it was due: the next one is later. */
export function remembered(review: Review, now: Date): Review {
  const step = Math.min(review.step + 1, KNOWN);
  return { ...review, step, due: inDays(REVIEW_DAYS[Math.min(step, KNOWN - 1)]!, now) };
}

/** What is due, the longest waiting first; at equal times what was missed more often. */
export function reviewsDue({ reviews }: Progress, now: Date): string[] {
  return Object.entries(reviews)
    .filter(([, { step, due }]) => step < KNOWN && Date.parse(due) <= now.getTime())
    .sort(([, a], [, b]) => Date.parse(a.due) - Date.parse(b.due) || b.misses - a.misses)
    .map(([id]) => id);
}
