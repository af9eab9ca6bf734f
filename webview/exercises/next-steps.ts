/** What to press next: one thing, and what else there is. Pure. */
import type { ExerciseAction, ExerciseView } from '../../src/contracts/exercise-page';
import type { Evidence } from '../../src/contracts/exercises';
import { words } from './words';

export type Press =
  | { kind: 'act'; action: ExerciseAction }
  /** Goes to the first question without an answer. */
  | { kind: 'question'; index: number }
  /** Opens the explanations of the predictions. */
  | { kind: 'compare' }
  | { kind: 'step'; evidence: Evidence }
  /** Another exercise. */
  | { kind: 'open'; id: string };

export interface Choice {
  /** For tests and for the focus: the same as long as it means the same. */
  name: string;
  press: Press;
  text: string;
  icon: string;
  /** More to know before pressing it. */
  label?: string;
}

export interface NextSteps {
  /** Beside the primary button: why this one. */
  why: string;
  primary: Choice;
  others: Choice[];
  /** Shown as icons. */
  tools: Choice[];
}

const act = (action: ExerciseAction, text: string, icon: string, label?: string): Choice => ({
  name: action,
  press: { kind: 'act', action },
  text,
  icon,
  label,
});

/** Whether there is anything to compare, and whether a difference is among it. */
export function comparison(view: ExerciseView): { shown: boolean; differs: boolean } {
  const results = view.predictions.flatMap(({ result }) => result ?? []);
  return { shown: results.length > 0, differs: results.some(({ status }) => status !== 'right') };
}

/** The steps that prove what is wrong: those of the feedback, else of the first prediction that was wrong. */
export function proof(view: ExerciseView): Evidence | null {
  const own = view.report?.evidence[0];
  return (
    own ?? view.predictions.find(({ result }) => result?.status === 'wrong' && result.evidence.length > 0)?.result?.evidence[0] ?? null
  );
}

/** `answered`: whether each prediction has an answer, as typed. `revealed`: the explanations of the predictions are open. */
export function nextSteps(view: ExerciseView, answered: readonly boolean[], revealed: boolean): NextSteps {
  const { primary, why } = theOne(view, answered, revealed);
  const started = view.dir !== null && view.running === null;
  const { left } = view.hints;
  const canCheck = started && primary.name !== 'check' && (view.report !== null || answered.every(Boolean));
  const passed = view.progress.state === 'passed' || view.progress.state === 'passed-with-help';
  return {
    primary,
    why,
    others: [
      canCheck ? act('check', view.report ? words.checkAgain : words.check, 'beaker') : null,
      started && passed && primary.name !== 'next' ? nextOf(view) : null,
      started && left > 0 && !passed
        ? act('hint', left === 1 ? words.lastHint : words.hint(left), 'lightbulb', left === 1 ? words.lastHintWhy : undefined)
        : null,
      started && view.maySeeSolution ? act('solution', words.solution, 'key') : null,
    ].filter((one) => one !== null),
    tools: [
      view.dir !== null ? act('files', words.files, 'go-to-file') : null,
      view.report?.scenarios.some(({ hasTrace }) => hasTrace) ? act('timeline', words.timeline, 'pulse') : null,
      started ? act('reset', words.reset, 'discard') : null,
      act('list', words.list, 'list-unordered'),
    ].filter((one) => one !== null),
  };
}

const nextOf = ({ next }: ExerciseView): Choice =>
  act('next', next === null ? words.endOfTrack : words.nextExercise(next.title), 'arrow-right');

function theOne(view: ExerciseView, answered: readonly boolean[], revealed: boolean): { primary: Choice; why: string } {
  const { report } = view;
  if (view.running) return { primary: act('stop', words.stop, 'debug-stop'), why: words.running(view.running.says) };
  if (view.dir === null || view.progress.state === 'new') return { primary: act('start', words.start, 'play'), why: words.startWhy };
  if (report && !report.stale) {
    const { shown, differs } = comparison(view);
    if (shown && differs && !revealed)
      return {
        primary: { name: 'compare', press: { kind: 'compare' }, text: words.compare, icon: 'diff' },
        why: words.compareWhy,
      };
    if (report.verdict === 'passed') return { primary: nextOf(view), why: words.nextWhy };
    const evidence = proof(view);
    if (evidence)
      return {
        primary: { name: 'show-me', press: { kind: 'step', evidence }, text: words.showMe(evidence.seq), icon: 'pulse' },
        why: words.showMeWhy,
      };
    return { primary: act('check', words.checkAgain, 'beaker'), why: words.checkAgainWhy };
  }
  const open = answered.indexOf(false);
  if (open >= 0)
    return {
      primary: {
        name: 'question',
        press: { kind: 'question', index: open },
        text: words.question(open + 1, answered.length),
        icon: 'question',
      },
      why: words.questionWhy(answered.filter(Boolean).length, answered.length),
    };
  if (report) return { primary: act('check', words.checkAgain, 'beaker'), why: words.staleWhy };
  if (answered.length > 0) return { primary: act('check', words.run, 'play'), why: words.runWhy };
  return { primary: act('check', words.check, 'beaker'), why: words.checkWhy };
}
