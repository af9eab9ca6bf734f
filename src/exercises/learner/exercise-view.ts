/** What the page of an exercise is told. Pure; no right answer of a prediction is in it before a run. */
import type { ExerciseView, MomentView, PredictionView, ReportView } from '../../contracts/exercise-page';
import type { Answers, CheckReport, Exercise, ExerciseProgress } from '../../contracts/exercises';

export interface ExerciseFacts {
  exercise: Exercise;
  /** Text of README.md. */
  readme: string;
  /** The learner's folder as shown; null before the start. */
  dir: string | null;
  progress: ExerciseProgress;
  maySeeSolution: boolean;
  answers: Answers;
  /** What a running check does now. */
  running: string | null;
  report: CheckReport | null;
  /** The learner's files changed after the check. */
  stale: boolean;
  /** By moment: the picked option. */
  picked: ReadonlyMap<number, number>;
  next: Exercise | null;
}

export function exerciseView(facts: ExerciseFacts): ExerciseView {
  const { exercise, progress, running, report, next } = facts;
  const { id, title, track, type, difficulty, minutes, objective, sources, hints, explanation } = exercise.file;
  return {
    id,
    title,
    track,
    type,
    difficulty,
    minutes,
    objective,
    instructions: facts.readme,
    sources,
    dir: facts.dir,
    progress,
    hints: { opened: hints.slice(0, progress.hints), left: hints.length - progress.hints },
    maySeeSolution: facts.maySeeSolution,
    predictions: predictionViews(facts),
    running: running === null ? null : { says: running },
    report: report === null ? null : reportView(report, facts.stale),
    moments: report === null ? [] : momentViews(facts, report),
    explanation: progress.state.startsWith('passed') ? explanation : null,
    next: next === null ? null : { id: next.file.id, title: next.file.title },
  };
}

function predictionViews({ exercise, answers, report }: ExerciseFacts): PredictionView[] {
  return (exercise.file.predictions ?? []).map(({ id, question, kind, options }) => {
    const result = report?.predictions.find((each) => each.id === id);
    return {
      id,
      question,
      kind,
      // Without the feedback of the options, which would tell them apart.
      options: (options ?? []).map((option) => ({ id: option.id, text: option.text })),
      answer: answers.answers[id] ?? null,
      result: result ?? null,
    };
  });
}

function reportView(report: CheckReport, stale: boolean): ReportView {
  const { verdict, problem, trouble, points, of, feedback, evidence, checks, scenarios, notes } = report;
  return {
    verdict,
    problem,
    trouble,
    points,
    of,
    feedback,
    evidence,
    checks: checks.map(({ id, title, status, reason, feedback: own, evidence: proof }) => {
      return { id, title, status, reason, feedback: own, evidence: proof };
    }),
    scenarios: scenarios.map(({ id, title, ended, stdout, stderr, trace }) => ({
      id,
      title,
      ended,
      stdout,
      stderr,
      hasTrace: trace !== null,
    })),
    notes,
    stale,
  };
}

function momentViews({ exercise, picked }: ExerciseFacts, report: CheckReport): MomentView[] {
  return (exercise.file.moments ?? []).flatMap(({ fact, question, options }, index) => {
    const at = report.moments.find((moment) => moment.fact === fact);
    if (at === undefined) return [];
    const option = picked.get(index);
    const chosen = option === undefined ? undefined : options[option];
    return {
      index,
      question,
      scenario: at.scenario,
      seq: at.seq,
      options: options.map(({ text }) => ({ text })),
      picked: chosen === undefined ? null : { option: option!, right: chosen.right === true, says: chosen.says },
    };
  });
}

/** The predictions that have no answer yet; "I don't know" is one. */
export const unanswered = (exercise: Exercise, { answers }: Answers): string[] =>
  (exercise.file.predictions ?? []).map(({ id }) => id).filter((id) => !isAnswered(answers[id]));

function isAnswered(answer: Answers['answers'][string] | undefined): boolean {
  if (answer === undefined) return false;
  if (answer.unknown === true) return true;
  const value = answer.answer ?? null;
  return value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
}

/** The instructions without the paragraph for those who have no editor: `Without VS Code: ...`. */
export const forEditor = (readme: string): string =>
  readme
    .split(/\n{2,}/)
    .filter((paragraph) => !/^Without VS Code[:,]/.test(paragraph))
    .join('\n\n');
