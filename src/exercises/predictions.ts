/** Compares what was predicted with what happened. Pure: the editor's cards and the command line use the same. */
import type { Answer, Prediction, PredictionResult, PredictionRule } from '../contracts/exercises';

type Value = string | number | string[];

/** What there is to say of an answer; the feedback is still its id. */
export interface Score {
  result: Omit<PredictionResult, 'feedback' | 'evidence'>;
  feedback: string | null;
  facts: { [name: string]: string | number };
}

/** `actual`: what the run showed, or the fixed answer; null when the run had no such thing. */
export function scorePrediction(prediction: Prediction, answer: Answer | undefined, actual: Value | null): Score {
  const given = answer?.answer ?? null;
  const status = statusOf(prediction, answer, actual);
  const { id, explanation } = prediction;
  const result = { id, status, given, actual, confidence: answer?.confidence ?? null, explanation };
  const feedback = status === 'wrong' ? feedbackFor(prediction, given!) : null;
  return { result, feedback, facts: { given: words(given, prediction), actual: words(actual, prediction) } };
}

function statusOf(prediction: Prediction, answer: Answer | undefined, actual: Value | null): PredictionResult['status'] {
  if (answer?.unknown === true) return 'unknown';
  const given = answer?.answer ?? null;
  if (given === null || (Array.isArray(given) && given.length === 0)) return 'unanswered';
  return actual !== null && same(given, actual, prediction.tolerance ?? 0) ? 'right' : 'wrong';
}

function same(given: Value, actual: Value, tolerance: number): boolean {
  if (Array.isArray(given) || Array.isArray(actual))
    return (
      Array.isArray(given) && Array.isArray(actual) && given.length === actual.length && given.every((word, at) => word === actual[at])
    );
  if (typeof actual === 'number') return Math.abs(Number(given) - actual) <= tolerance;
  return given === actual;
}

/** The feedback of the option that was picked, of the first rule that fits, or the usual one. */
function feedbackFor(prediction: Prediction, given: Value): string {
  const picked = prediction.options?.find(({ id }) => id === given)?.feedback;
  return picked ?? prediction.rules?.find((rule) => fits(rule, given))?.feedback ?? prediction.feedback;
}

/** Whether all that the rule names holds. */
function fits(rule: PredictionRule, given: Value): boolean {
  const cards = Array.isArray(given) ? given : [String(given)];
  if (rule.includes !== undefined && !cards.includes(rule.includes)) return false;
  if (rule.lacks !== undefined && cards.includes(rule.lacks)) return false;
  if (rule.sequence !== undefined) {
    const [a, b] = rule.sequence.map((card) => cards.indexOf(card)) as [number, number];
    if (a < 0 || b < 0 || a >= b) return false;
  }
  const number = Number(given);
  if (rule.from !== undefined && !(number >= rule.from)) return false;
  return rule.to === undefined || number <= rule.to;
}

/** An answer for people: the texts of the options. */
export function words(value: Value | null, prediction: Prediction): string {
  if (value === null) return 'nothing';
  const text = (id: Value) => prediction.options?.find((option) => option.id === id)?.text ?? String(id);
  return Array.isArray(value) ? value.map(text).join(', ') || 'none' : text(value);
}
