/** Checks folders against one exercise, in a process of its own: runs every scenario, asks checks.mjs, writes the reports. */
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
import type { SharedSs } from '../../runner/kernel/shared-ss';
import { type NodeRuntime, nodeRuntime } from '../../runner/program';
import type { CallKnowledge } from '../../runner/translate';
import type { TraceStore } from '../../trace';
import { readAnswers } from '../answers';
import { entryIn } from '../files/entry';
import { inParallel } from '../parallel';
import { RunPeer } from '../trace/peer-view';
import { RunTrace } from '../trace/trace-view';
import { ungraded } from '../ungraded';
import { Assessment, ChecksError } from './assess';
import { brokenProgram } from './broken-program';
import { endWords, troubleOf } from './end-words';
import { LIMITS, type Limits, type UsageWatch, unlimited } from './limits';
import type { PeerProcesses } from './peer-process';
import { runScenario } from './scenario-run';

/** What the examiner is told. */
export interface ExamOrder {
  exercise: Exercise;
  /** Absolute folders of learners. Where the exercise runs its own program only, one run serves all of them. */
  dirs: string[];
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
  peers: PeerProcesses;
  usage: UsageWatch;
  knowledge: CallKnowledge;
  /** Asks the kernel, for all runs. */
  ss: SharedSs;
  /** Ends the run that is going on, with its programs and files, and starts no other. */
  signal?: AbortSignal;
}

/** Instead of a verdict that something did not come in time, when the program was hardly let run. */
export const TOO_BUSY =
  'this computer was too busy to judge: the program, or what talks to it, waited for a processor most of the time; close what else is running, or wait until it is done, and check again';

/** Scenarios that are played at the same time: they wait for most of their time. */
const AT_ONCE = 2;

/** A report for each folder. Never throws for what the learner or the exercise did: that is in the report. */
export async function examine(order: ExamOrder, tools: ExamTools): Promise<CheckReport[]> {
  const exam = new Exam(order, tools);
  const reports: CheckReport[] = [];
  for (const dir of order.dirs) reports.push(await exam.report(dir));
  return reports;
}

/** The runs of one folder. */
interface Played {
  runs: Runs;
  traces: Map<string, TraceStore>;
  results: ScenarioResult[];
  trouble: string | null;
  hurried: boolean;
  ms: number;
}

class Exam {
  private readonly checksPath: string;
  private readonly runtime: NodeRuntime;
  /** Runs of the exercise's own program: whoever predicts them, they are the same. */
  private shared: Played | null = null;

  constructor(
    private readonly order: ExamOrder,
    private readonly tools: ExamTools,
  ) {
    this.checksPath = join(order.exercise.folder, 'checks.mjs');
    this.runtime = nodeRuntime(order.node);
  }

  async report(dir: string): Promise<CheckReport> {
    const began = Date.now();
    const report: CheckReport = { ...ungraded(this.order.exercise.file, dir, null), notes: unlimited() };
    const known = this.shared?.ms ?? 0;
    try {
      await this.fill(report);
    } catch (error) {
      report.problem = error instanceof Error ? error.message : String(error);
      report.verdict = 'ungraded';
    }
    report.ms = known + Date.now() - began;
    return report;
  }

  private async fill(report: CheckReport): Promise<void> {
    const { dir } = report;
    const { file } = this.order.exercise;
    if (file.platforms !== undefined && !file.platforms.includes(process.platform))
      throw new ChecksError(`${file.id} can be checked only on ${file.platforms.join(', ')}, and this is ${process.platform}`);
    const answers: Answers = (file.predictions ?? []).length > 0 ? readAnswers(dir) : { version: EXERCISE_VERSION, answers: {} };
    const checks = await this.load();
    const played = this.shared ?? (await this.play(dir, checks.scenarios));
    if (checks.scenarios.every((scenario) => this.isGiven(scenario))) this.shared = played;
    report.scenarios = played.results;
    const broken = file.type === 'predict' ? null : brokenProgram(played.runs);
    report.trouble = broken ?? played.trouble;
    const assessment = new Assessment(file, checks, played.runs, played.traces, broken !== null);
    const { titles } = this.order.exercise;
    report.checks = (await assessment.results()).map((check) => ({ ...check, title: titles?.[check.id] ?? check.title }));
    report.predictions = await assessment.predictions(answers);
    report.checks.push(...report.predictions.map((result) => asCheck(result, file.predictions!.find(({ id }) => id === result.id)!)));
    report.moments = await assessment.moments();
    const counted = report.checks.filter(({ status }) => status !== 'skipped');
    report.of = sum(counted);
    report.points = sum(counted.filter(({ status }) => status === 'passed'));
    if (counted.length === 0) throw new ChecksError(`none of the checks of ${file.id} can be made on this system`);
    const passed = counted.every(({ status }) => status === 'passed');
    if (!passed && played.hurried) throw new ChecksError(TOO_BUSY);
    report.verdict = passed ? 'passed' : 'failed';
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

  private isGiven({ program }: Scenario): boolean {
    return (program ?? (this.order.exercise.file.type === 'predict' ? 'given' : 'learner')) === 'given';
  }

  private async play(dir: string, scenarios: readonly Scenario[]): Promise<Played> {
    const began = Date.now();
    mkdirSync(this.order.traces, { recursive: true });
    const played: Played = { runs: {}, traces: new Map(), results: [], trouble: null, hurried: false, ms: 0 };
    this.tools.peers.prepare(Math.min(AT_ONCE, scenarios.filter(({ peer }) => peer !== undefined).length));
    // All come to their end, also when one of them cannot be played.
    const all = await inParallel(scenarios, AT_ONCE, (scenario) => this.run(dir, scenario).catch((error: Error) => error));
    for (const one of all) {
      if (one instanceof Error) throw one;
      const { run, trace, result } = one;
      played.runs[run.scenario] = run;
      played.traces.set(run.scenario, trace);
      played.trouble ??= one.trouble;
      played.hurried ||= one.hurried;
      played.results.push(result);
    }
    played.ms = Date.now() - began;
    return played;
  }

  private async run(dir: string, scenario: Scenario) {
    const { order, tools, runtime } = this;
    if (tools.signal?.aborted) throw new ChecksError('the check was stopped');
    const { exercise } = order;
    const folder = this.isGiven(scenario) ? join(exercise.folder, 'starter') : dir;
    const entry = entryIn(folder, scenario.file ?? exercise.file.entry);
    if (entry === null)
      throw new ChecksError(
        `${join(folder, scenario.file ?? exercise.file.entry)}: there is no such file; the exercise runs it (Reset Exercise brings it back)`,
      );
    const out = join(order.traces, `${scenario.id}.socktrace`);
    const { outcome, log, trace, epoch, port, hurried, ms } = await runScenario({
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
    const run: Run = {
      scenario: scenario.id,
      trace: new RunTrace(scenario.id, trace, log, epoch),
      peer: new RunPeer(scenario.id, log, trace, epoch),
      outcome,
      seed: order.seed,
    };
    const result: ScenarioResult = {
      id: scenario.id,
      title: exercise.titles?.[scenario.id] ?? scenario.title ?? scenario.id,
      seed: order.seed,
      trace: order.keep ? out : null,
      ended: endWords(outcome),
      stdout: outcome.stdout,
      stderr: outcome.stderr,
      stopped: log.stopped,
      ms,
    };
    return { run, trace, result, hurried, trouble: troubleOf(outcome, log.stopped, port) };
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
