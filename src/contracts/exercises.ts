/** The words of exercises: the file exercise.json, what a check says, answers, progress and quiz. Types only. */

/** Format of exercise.json and of everything else here; a file with a larger number is refused with a sentence. */
export const EXERCISE_VERSION = 1;

export const EXERCISE_TYPES = ['predict', 'fix', 'write', 'lab'] as const;
export type ExerciseType = (typeof EXERCISE_TYPES)[number];

/** exercise.json. media/exercises/exercise.schema.json is its JSON schema. */
export interface ExerciseFile {
  version: number;
  /** The name of the folder, too: `B02`, or lower-case words of a teacher's own. */
  id: string;
  title: string;
  /** 1 to 8 for ours; `track` names what the list is grouped by. */
  track: string;
  type: ExerciseType;
  /** 1 easy to 5 hard. */
  difficulty: number;
  minutes: number;
  /** What the learner can do afterwards, one sentence. */
  objective: string;
  /** Ids of the curriculum: `BUF-2`. */
  concepts: string[];
  /** Ids `M01` to `M30`. */
  misconceptions: string[];
  /** Ids of exercises that come before. */
  after?: string[];
  /** Where the facts of README, hints and feedback come from. */
  sources: { title: string; url: string }[];
  /** Exactly three: evidence, concept, nearly code. */
  hints: [string, string, string];
  /** The learner's files, relative to the folder; each is in starter/. */
  files: string[];
  /** The program that is run, one of `files`. A style may have another ending: `server.ts` beside `server.mjs`. */
  entry: string;
  /** Only on these platforms can it be checked (`linux`, `darwin`, `win32`); everywhere when absent. */
  platforms?: string[];
  predictions?: Prediction[];
  /** Questions at 2 to 4 steps of the timeline, after the run. */
  moments?: Moment[];
  feedback: { [id: string]: FeedbackText };
  /** Shown after passing: why it passes. Markdown. */
  explanation: string;
  /** Folders in wrong/, each with the feedback that it must get. */
  wrong: { name: string; feedback: string; says: string }[];
  /** Folders in styles/: further correct solutions. */
  styles?: { name: string; says: string }[];
}

/** What broke, the evidence, a question; never the fix. `{name}` stands for a fact of the finding. */
export interface FeedbackText {
  misconception?: string;
  broke: string;
  evidence: string;
  question: string;
  /** A card of media/docs. */
  card?: string;
}

/** One question before the run. */
export interface Prediction {
  id: string;
  question: string;
  /** order: cards in their order. choice: one of the options. number. path: states in their order. */
  kind: 'order' | 'choice' | 'number' | 'path';
  /** The cards, options or states; not for numbers. An option of `choice` may carry the feedback for who picks it. */
  options?: { id: string; text: string; feedback?: string }[];
  /** The right answer comes from the run: name of a fact in checks.mjs. */
  fact?: string;
  /** Or it is fixed: no run can show it. */
  answer?: string | number | string[];
  /** Numbers that count as right: from the answer minus to plus this. */
  tolerance?: number;
  /** The feedback of a wrong answer, when no option or rule has its own. */
  feedback: string;
  /** Feedback of typical wrong answers, asked in order: an order or path that holds, lacks or has these in this order; a number in a range. */
  rules?: PredictionRule[];
  /** Points, default 1. */
  weight?: number;
  /** Shown with the right answer. */
  explanation: string;
}

export interface PredictionRule {
  feedback: string;
  includes?: string;
  lacks?: string;
  /** The first comes before the second. */
  sequence?: [string, string];
  from?: number;
  to?: number;
}

/** "Why did this happen?" at a step of the learner's own run. */
export interface Moment {
  /** A fact of checks.mjs; the question stands at its first step. */
  fact: string;
  question: string;
  options: { text: string; right?: boolean; says: string }[];
}

/** An exercise as it lies on the disk, whole and valid. */
export interface Exercise {
  /** Absolute. */
  folder: string;
  /** `built-in`, or `workspace` for a teacher's own: its checks run only where the workspace is trusted. */
  origin: 'built-in' | 'workspace';
  file: ExerciseFile;
  /** Titles of its checks and scenarios in the language of the editor, by their ids; those of checks.mjs where there is none. */
  titles?: { [id: string]: string };
}

/** `exercise.de.json`: the words of an exercise in another language. What is absent stays as it is in exercise.json and checks.mjs. */
export interface ExerciseWords {
  title?: string;
  objective?: string;
  explanation?: string;
  hints?: [string, string, string];
  /** By the ids of exercise.json. */
  feedback?: { [id: string]: { broke?: string; evidence?: string; question?: string } };
  predictions?: { [id: string]: { question?: string; explanation?: string; options?: { [id: string]: string } } };
  /** By their facts; the options in their order. */
  moments?: { [fact: string]: { question?: string; options?: { text?: string; says?: string }[] } };
  /** Of checks and scenarios, by their ids in checks.mjs. */
  titles?: { [id: string]: string };
}

/** The list: what is whole, and one sentence for each that is not. */
export interface ExerciseList {
  exercises: Exercise[];
  problems: { folder: string; sentence: string }[];
}

/** answers.json of a folder: what was predicted. */
export interface Answers {
  version: number;
  /** By prediction. */
  answers: { [prediction: string]: Answer };
}

/** `unknown`: "I don't know". `confidence`: 1 a guess to 4 sure. */
export interface Answer {
  answer?: string | number | string[] | null;
  unknown?: boolean;
  confidence?: 1 | 2 | 3 | 4;
}

/** An answer beside what happened. */
export interface PredictionResult {
  id: string;
  status: 'right' | 'wrong' | 'unknown' | 'unanswered';
  given: string | number | string[] | null;
  actual: string | number | string[] | null;
  confidence: 1 | 2 | 3 | 4 | null;
  explanation: string;
  feedback: Feedback | null;
  evidence: Evidence[];
}

/** A step that proves something. */
export interface Evidence {
  scenario: string;
  seq: number;
  /** The line behind it, when there is one; `file` is absolute. */
  site: { file: string; line: number; column: number } | null;
  /** The step in words. */
  says: string;
}

/** A feedback text with its facts filled in. */
export interface Feedback {
  id: string;
  misconception: string | null;
  broke: string;
  evidence: string;
  question: string;
  card: string | null;
}

export interface CheckResult {
  id: string;
  title: string;
  kind: 'P' | 'T' | 'O' | 'K' | 'prediction';
  weight: number;
  /** `skipped` never counts as passed; `reason` says why. */
  status: 'passed' | 'failed' | 'skipped';
  reason: string | null;
  feedback: Feedback | null;
  evidence: Evidence[];
}

export interface ScenarioResult {
  id: string;
  title: string;
  seed: number;
  /** The kept trace, absolute; null when none is kept. */
  trace: string | null;
  /** How the program ended, as a sentence. */
  ended: string;
  stdout: string;
  stderr: string;
  /** Why the peer's script stopped early; null when it did not. */
  stopped: string | null;
  ms: number;
}

/** What a check of a learner's folder says: the same from the command line and the editor. */
export interface CheckReport {
  version: number;
  exercise: string;
  title: string;
  dir: string;
  /** `ungraded`: something outside the learner's work is wrong; `problem` says what. */
  verdict: 'passed' | 'failed' | 'ungraded';
  problem: string | null;
  /** Why a run of the program came to no good end (stopped at a limit, never listened, ended by an error), as a sentence; null when none did. */
  trouble: string | null;
  /** Weights of passed checks, of all that were not skipped. */
  points: number;
  of: number;
  /** What to say first: one misconception. null when it passed. */
  feedback: Feedback | null;
  /** The steps that prove it. */
  evidence: Evidence[];
  checks: CheckResult[];
  predictions: PredictionResult[];
  scenarios: ScenarioResult[];
  /** By moment: where its question stands; no entry when the run has no such step. */
  moments: { fact: string; scenario: string; seq: number }[];
  /** What could not be limited or seen here. */
  notes: string[];
  ms: number;
}

/* ---- hints, mastery, review ---- */

/** What a learner has done; one JSON file that stays on the machine. */
export interface Progress {
  version: number;
  exercises: { [id: string]: ExerciseProgress };
  /** By misconception or concept id. */
  reviews: { [id: string]: Review };
  /** By quiz item. */
  quiz: { [id: string]: { right: number; wrong: number; picked: { [option: string]: number } } };
}

export interface ExerciseProgress {
  state: 'new' | 'started' | 'passed' | 'passed-with-help';
  /** Hints that were opened, 0 to 3. */
  hints: number;
  attempts: number;
  /** Best points, of how many. */
  points: number;
  of: number;
  /** ISO times. */
  started?: string;
  passed?: string;
  /** When to try it again without help. */
  retry?: string;
  /** Where its files lie. */
  dir?: string;
  solutionShown?: boolean;
}

/** Spaced review: `step` 0 to 3 is 1, 3, 7, 21 days; 4 is known. */
export interface Review {
  step: number;
  due: string;
  misses: number;
}

/** media/quiz/*.json */
export interface QuizFile {
  version: number;
  items: QuizItem[];
}

export interface QuizItem {
  id: string;
  concept: string;
  question: string;
  /** Exactly one is right; each wrong one names what it is the sign of. */
  options: { id: string; text: string; right?: boolean; misconception?: string; says: string }[];
  sources: { title: string; url: string }[];
}
