/** Quiz items: reading, choosing, answering. */
import { EXERCISE_VERSION, type Progress, type QuizFile, type QuizItem } from '../../contracts/exercises';
import { UserError } from '../../runner/program';
import { missed, remembered, reviewsDue } from './review';

/** The items of a file of media/quiz. Throws UserError with file, item and what is wrong. */
export function readQuiz(text: string, name: string): QuizItem[] {
  let file: Partial<QuizFile> | null;
  try {
    file = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${name}: is not JSON: ${(error as Error).message}`);
  }
  if (typeof file !== 'object' || file === null || typeof file.version !== 'number' || !Array.isArray(file.items))
    throw new UserError(`${name}: must have "version" and "items"`);
  if (file.version > EXERCISE_VERSION)
    throw new UserError(`${name}: comes from a newer Socketscope (version ${file.version}); update Socketscope`);
  for (const [index, item] of file.items.entries()) {
    const problem = problemOf(item);
    if (problem !== null) throw new UserError(`${name}: items[${index}]${typeof item?.id === 'string' ? ` (${item.id})` : ''} ${problem}`);
  }
  const ids = file.items.map(({ id }) => id);
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined) throw new UserError(`${name}: the id ${twice} is there twice`);
  return file.items;
}

function problemOf(item: Partial<QuizItem> | null): string | null {
  if (typeof item !== 'object' || item === null) return 'is no object';
  for (const field of ['id', 'concept', 'question'] as const)
    if (typeof item[field] !== 'string' || item[field] === '') return `has no "${field}"`;
  if (!Array.isArray(item.options) || item.options.length < 2) return 'must have at least two options';
  if (item.options.some(({ id, text, says }) => typeof id !== 'string' || typeof text !== 'string' || typeof says !== 'string'))
    return 'has an option without "id", "text" or "says"';
  if (item.options.filter(({ right }) => right === true).length !== 1) return 'must have exactly one right option';
  if (item.options.some(({ misconception }) => misconception !== undefined && !/^M\d\d$/.test(misconception)))
    return 'has a misconception that is not M01 to M99';
  if (!Array.isArray(item.sources) || item.sources.length === 0) return 'must have a source';
  return null;
}

/**
 * So many items: first for what is due (a concept, or a misconception that an option is the sign of), then those never seen, then those
 * most often wrong. The order among equals is that of the files.
 */
export function pickItems(items: readonly QuizItem[], progress: Progress, now: Date, count = 3): QuizItem[] {
  const due = reviewsDue(progress, now);
  const rank = (item: QuizItem): number => {
    const signs = [item.concept, ...item.options.flatMap(({ misconception }) => misconception ?? [])]
      .map((id) => due.indexOf(id))
      .filter((at) => at >= 0);
    if (signs.length > 0) return Math.min(...signs);
    const seen = progress.quiz[item.id];
    if (seen === undefined) return 1000;
    return 2000 + seen.right - seen.wrong;
  };
  return [...items].sort((a, b) => rank(a) - rank(b)).slice(0, count);
}

/** Takes an answer; `option` null is "I don't know", which brings the concept back tomorrow as a wrong answer does. */
export function answered(progress: Progress, item: QuizItem, option: string | null, now: Date): { progress: Progress; right: boolean } {
  const picked = item.options.find(({ id }) => id === option);
  const right = picked?.right === true;
  const known = progress.quiz[item.id] ?? { right: 0, wrong: 0, picked: {} };
  const picks = picked === undefined ? known.picked : { ...known.picked, [picked.id]: (known.picked[picked.id] ?? 0) + 1 };
  const quiz = {
    ...progress.quiz,
    [item.id]: { right: known.right + (right ? 1 : 0), wrong: known.wrong + (right ? 0 : 1), picked: picks },
  };
  const reviews = { ...progress.reviews };
  if (right) {
    const due = reviewsDue(progress, now);
    for (const id of [item.concept, ...item.options.flatMap(({ misconception }) => misconception ?? [])])
      if (due.includes(id)) reviews[id] = remembered(reviews[id]!, now);
  } else {
    const id = picked?.misconception ?? item.concept;
    reviews[id] = missed(reviews[id], now);
  }
  return { progress: { ...progress, quiz, reviews }, right };
}
