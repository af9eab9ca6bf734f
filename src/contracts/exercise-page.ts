/** Messages between the extension host and the page of exercises: instructions, predictions, verdict, hints, quiz and ends of tracks. Types only. */
import type { Answer, CheckResult, Evidence, ExerciseProgress, ExerciseType, Feedback } from './exercises';

/** What a link in instructions can do: `[Check](socketscope:check)`. */
export const EXERCISE_ACTIONS = [
  'start',
  'files',
  'run',
  'check',
  'stop',
  'hint',
  'reset',
  'solution',
  'next',
  'list',
  'quiz',
  'timeline',
] as const;
export type ExerciseAction = (typeof EXERCISE_ACTIONS)[number];

/** A whole page; each message replaces the one before, so the page keeps nothing but what is typed and not yet sent. */
export type ExercisePage =
  | { kind: 'exercise'; exercise: ExerciseView }
  | { kind: 'quiz'; quiz: QuizView }
  | { kind: 'track-end'; track: TrackEndView }
  /** Nothing can be shown: what, why, what to do. */
  | { kind: 'problem'; sentence: string };

export interface ExerciseView {
  id: string;
  title: string;
  track: string;
  type: ExerciseType;
  difficulty: number;
  minutes: number;
  objective: string;
  /** README.md, Markdown; the heading is the title again. */
  instructions: string;
  sources: { title: string; url: string }[];
  /** Where the learner's files lie, as shown; null before the start. */
  dir: string | null;
  progress: ExerciseProgress;
  /** The texts of the hints that were opened; `left` are still closed. */
  hints: { opened: string[]; left: number };
  maySeeSolution: boolean;
  /** Empty when nothing is asked before the run. Without the right answers. */
  predictions: PredictionView[];
  /** A check is going on; `says` is what it does now. */
  running: { says: string } | null;
  report: ReportView | null;
  /** Questions at steps of the last run. */
  moments: MomentView[];
  /** Markdown, only after passing. */
  explanation: string | null;
  /** The next of the track that is not passed; null when all of it is: then the action `next` shows the page `track-end`. */
  next: { id: string; title: string } | null;
}

/** A question before the run; its right answer is in `result`, after the run. */
export interface PredictionView {
  id: string;
  question: string;
  kind: 'order' | 'choice' | 'number' | 'path';
  options: { id: string; text: string }[];
  /** What answers.json says now. */
  answer: Answer | null;
  /** After the run: prediction and trace side by side. */
  result: {
    status: 'right' | 'wrong' | 'unknown' | 'unanswered';
    given: string | number | string[] | null;
    actual: string | number | string[] | null;
    explanation: string;
    feedback: Feedback | null;
    evidence: Evidence[];
  } | null;
}

/** What the last check said. */
export interface ReportView {
  verdict: 'passed' | 'failed' | 'ungraded';
  problem: string | null;
  trouble: string | null;
  points: number;
  of: number;
  feedback: Feedback | null;
  evidence: Evidence[];
  checks: Pick<CheckResult, 'id' | 'title' | 'status' | 'reason' | 'feedback' | 'evidence'>[];
  scenarios: { id: string; title: string; ended: string; stdout: string; stderr: string; hasTrace: boolean }[];
  notes: string[];
  /** The files were changed after the check. */
  stale: boolean;
}

export interface MomentView {
  index: number;
  question: string;
  scenario: string;
  seq: number;
  options: { text: string }[];
  /** The picked option, and what it says. */
  picked: { option: number; right: boolean; says: string } | null;
}

export interface QuizView {
  /** From 1. */
  number: number;
  of: number;
  item: { id: string; question: string; options: { id: string; text: string }[]; sources: { title: string; url: string }[] } | null;
  /** After the answer to this item. `option: null` is "I don't know"; `again`: ISO time of the day when it comes back. */
  picked: { option: string | null; right: boolean; correct: string; says: string; again: string | null } | null;
  /** At the end: how many were right, and what comes back when: the question, and an ISO time. */
  score: { right: number; of: number; reviews: { concept: string; due: string }[] } | null;
}

export interface TrackEndView {
  track: string;
  /** "You can name the system calls behind ...": the objectives of the passed ones. */
  can: string[];
  /** Passed with help, with the day of the re-try. */
  again: { id: string; title: string; due: string }[];
  nextTrack: { track: string; id: string; title: string } | null;
}

export type ToExercisePage = { type: 'page'; page: ExercisePage };

export type FromExercisePage =
  | { type: 'ready' }
  | { type: 'act'; action: ExerciseAction }
  | { type: 'answer'; prediction: string; answer: Answer }
  /** Shows the step in the timeline. */
  | { type: 'step'; scenario: string; seq: number }
  /** Shows the line in the editor. */
  | { type: 'line'; file: string; line: number; column: number }
  | { type: 'card'; id: string }
  | { type: 'moment'; index: number; option: number }
  /** `null`: "I don't know". */
  | { type: 'quiz-answer'; option: string | null }
  | { type: 'quiz-next' }
  | { type: 'open'; id: string };

/** What the page keeps for a reload of the window. */
export interface ExercisePageState {
  exercise: string | null;
}
