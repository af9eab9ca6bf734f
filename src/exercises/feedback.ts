import type { Feedback, FeedbackText } from '../contracts/exercises';

/** Fills the facts into `{name}`; a fact that is not known becomes "?". */
export const fill = (text: string, facts: { [name: string]: string | number }): string =>
  text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = facts[name];
    return value === undefined ? '?' : typeof value === 'number' ? value.toLocaleString('en') : value;
  });

/** Whether a text asks for a fact that is not there. */
export const factsMissing = ({ broke, evidence, question }: FeedbackText, facts: { [name: string]: string | number }): boolean =>
  [...`${broke} ${evidence} ${question}`.matchAll(/\{(\w+)\}/g)].some(([, name]) => facts[name!] === undefined);

/** A feedback text of exercise.json with its facts. */
export function feedbackOf(id: string, text: FeedbackText, facts: { [name: string]: string | number }): Feedback {
  return {
    id,
    misconception: text.misconception ?? null,
    broke: fill(text.broke, facts),
    evidence: fill(text.evidence, facts),
    question: fill(text.question, facts),
    card: text.card ?? null,
  };
}
