/** Checks one folder against one exercise, in a process of its own: runs every scenario, asks checks.mjs, writes the report. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Checks, Run, Runs, Scenario } from '../../contracts/exercise-checks';
import {
  type Answers,
  type CheckReport,
  type CheckResult,
  EXERCISE_VERSION,
  type Exercise,
  type PredictionResult,
  type ScenarioResult,
} from '../../contracts/exercises';
import { type NodeRuntime, nodeRuntime } from '../../runner/program';
import type { CallKnowledge } from '../../runner/translate';
import type { TraceStore } from '../../trace';
import { readAnswers } from '../answers';
import { entryIn } from '../files/entry';
import { RunPeer } from '../trace/peer-view';
import { RunTrace } from '../trace/trace-view';
import { Assessment, ChecksError } from './assess';
import { endWords, troubleOf } from './end-words';
import { LIMITS, type Limits, unlimited } from './limits';
import { runScenario } from './scenario-run';

/** What the examiner is told. */
export interface ExamOrder {
  exercise: Exercise;
  /** Absolute folder of the learner. */
  dir: string;
  seed: number;
  /** The `node` of the programs; the examiner's own when absent. */
  node?: string;
  /** Where traces are kept: `<scenario>.socktrace`. */
  traces: string;
  /** Whether the report names them: they stay. */
  keep: boolean;
  limits?: Partial<Limits>;
}

export interface ExamTools {
  probe: string;
  cli: string;
  knowledge: CallKnowledge;
  /** Ends the run that is going on, with its programs and files, and starts no other. */
  signal?: AbortSignal;
}

/** The report. Never throws for what the learner or the exercise did: that is in the report. */
export async function examine(order: ExamOrder, tools: ExamTools): Promise<CheckReport> {
  const began = Date.now();
  const { file } = order.exercise;
  const report: CheckReport = {
    version: EXERCISE_VERSION,
    exercise: file.id,
    title: file.title,
    dir: order.dir,
    verdict: 'ungraded',
    problem: null,
    trouble: null,
    points: 0,
    of: 0,
    feedback: null,
    evidence: [],
    checks: [],
    predictions: [],
    scenarios: [],
    moments: [],
    notes: unlimited(),
    ms: 0,
  };
  try {
    await new Exam(order, tools, report).run();
  } catch (error) {
    report.problem = error instanceof Error ? error.message : String(error);
    report.verdict = 'ungraded';
  }
  report.ms = Date.now() - began;
  return report;
}

class Exam {
  private readonly checksPath: string;
  private readonly traces = new Map<string, TraceStore>();
  private readonly runs: Runs = {};

  constructor(
    private readonly order: ExamOrder,
    private readonly tools: ExamTools,
    private readonly report: CheckReport,
  ) {
    this.checksPath = join(order.exercise.folder, 'checks.mjs');
  }

  async run(): Promise<void> {
    const { order, report } = this;
    const { file } = order.exercise;
    if (file.platforms !== undefined && !file.platforms.includes(process.platform))
      throw new ChecksError(`${file.id} can be checked only on ${file.platforms.join(', ')}, and this is ${process.platform}`);
    const answers: Answers = (file.predictions ?? []).length > 0 ? readAnswers(order.dir) : { version: EXERCISE_VERSION, answers: {} };
    const checks = await this.load();
    const runtime = nodeRuntime(order.node);
    mkdirSync(order.traces, { recursive: true });
    for (const scenario of checks.scenarios) await this.play(scenario, runtime);
    const assessment = new Assessment(file, checks, this.runs, this.traces);
    report.checks = await assessment.results();
    report.predictions = await assessment.predictions(answers);
    report.checks.push(...report.predictions.map((result) => asCheck(result, file.predictions!.find(({ id }) => id === result.id)!)));
    report.moments = await assessment.moments();
    const counted = report.checks.filter(({ status }) => status !== 'skipped');
    report.of = sum(counted);
    report.points = sum(counted.filter(({ status }) => status === 'passed'));
    if (counted.length === 0) throw new ChecksError(`none of the checks of ${file.id} can be made on this system`);
    report.verdict = counted.every(({ status }) => status === 'passed') ? 'passed' : 'failed';
    const first = await assessment.feedback(report.checks);
    if (first !== null) Object.assign(report, first);
  }

  private async load(): Promise<Checks> {
    let module: { default?: Checks };
    try {
      module = await import(pathToFileURL(this.checksPath).href);
    } catch (error) {
      throw new ChecksError(`${this.checksPath}: cannot be loaded: ${(error as Error).message.split('\n')[0]}`);
    }
    const checks = module.default;
    if (!Array.isArray(checks?.scenarios) || !Array.isArray(checks.checks))
      throw new ChecksError(`${this.checksPath}: its default export must have "scenarios" and "checks"`);
    return checks;
  }

  private async play(scenario: Scenario, runtime: NodeRuntime): Promise<void> {
    const { order, tools, report } = this;
    if (tools.signal?.aborted) throw new ChecksError('the check was stopped');
    const { exercise } = order;
    const given = (scenario.program ?? (exercise.file.type === 'predict' ? 'given' : 'learner')) === 'given';
    const folder = given ? join(exercise.folder, 'starter') : order.dir;
    const entry = entryIn(folder, scenario.file ?? exercise.file.entry);
    if (entry === null)
      throw new ChecksError(
        `${join(folder, scenario.file ?? exercise.file.entry)}: there is no such file; the exercise runs it (Reset Exercise brings it back)`,
      );
    const out = join(order.traces, `${scenario.id}.socktrace`);
    const { outcome, log, trace, epoch, ms } = await runScenario({
      scenario: { ...scenario, file: undefined },
      checks: this.checksPath,
      folder,
      entry,
      seed: order.seed,
      runtime,
      out,
      limits: { ...LIMITS, ...order.limits },
      ...tools,
    });
    this.traces.set(scenario.id, trace);
    const run: Run = {
      scenario: scenario.id,
      trace: new RunTrace(scenario.id, trace, log, epoch),
      peer: new RunPeer(scenario.id, log, trace, epoch),
      outcome,
      seed: order.seed,
    };
    this.runs[scenario.id] = run;
    report.trouble ??= troubleOf(outcome, log.stopped);
    const result: ScenarioResult = {
      id: scenario.id,
      title: scenario.title ?? scenario.id,
      seed: order.seed,
      trace: order.keep ? out : null,
      ended: endWords(outcome),
      stdout: outcome.stdout,
      stderr: outcome.stderr,
      stopped: log.stopped,
      ms,
    };
    report.scenarios.push(result);
  }
}

function asCheck(result: PredictionResult, { question, weight = 1 }: { question: string; weight?: number }): CheckResult {
  const status = result.status === 'right' ? 'passed' : 'failed';
  const reason =
    result.status === 'unanswered' ? 'There is no answer yet.' : result.status === 'unknown' ? 'You said that you do not know.' : null;
  return {
    id: `prediction-${result.id}`,
    title: question,
    kind: 'prediction',
    weight,
    status,
    reason,
    feedback: result.feedback,
    evidence: result.evidence,
  };
}

const sum = (results: readonly CheckResult[]) => results.reduce((all, { weight }) => all + weight, 0);
