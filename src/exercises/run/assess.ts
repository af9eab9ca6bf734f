/** From runs to results: asks the checks, finds the feedback, compares the predictions. */
import type { Check, Checks, Fact, Finding, Runs, Verdict } from '../../contracts/exercise-checks';
import type { Answers, CheckResult, Evidence, ExerciseFile, Feedback, FeedbackText, PredictionResult } from '../../contracts/exercises';
import type { TraceStore } from '../../trace';
import { factsMissing, feedbackOf } from '../feedback';
import { scorePrediction } from '../predictions';
import { stepWords } from './step-words';

/** A mistake in a checks.mjs, as a sentence. */
export class ChecksError extends Error {}

export class Assessment {
  constructor(
    private readonly file: ExerciseFile,
    private readonly checks: Checks,
    private readonly runs: Runs,
    private readonly traces: ReadonlyMap<string, TraceStore>,
    /** The program fell over by itself in every run: no feedback on what was checked would be true. */
    private readonly broken = false,
  ) {}

  /** Every check; those of the kernel are skipped where there are no readings. */
  async results(): Promise<CheckResult[]> {
    const results: CheckResult[] = [];
    for (const check of this.checks.checks) results.push(await this.result(check));
    return results;
  }

  /** What to say first, when something failed: the first diagnosis that matches, else that of the first failed check. */
  async feedback(results: readonly CheckResult[]): Promise<{ feedback: Feedback; evidence: Evidence[] } | null> {
    const failed = results.find(({ status }) => status === 'failed');
    if (failed === undefined || this.broken) return null;
    for (const { feedback, when } of this.checks.diagnoses ?? []) {
      const finding = this.ask(`the diagnosis ${feedback}`, await this.guard(`the diagnosis ${feedback}`, () => when(this.runs)));
      if (finding === null || !finding.ok) continue;
      return { feedback: this.text(feedback, finding), evidence: this.evidence(finding) };
    }
    for (const { status, feedback, evidence } of results) if (status === 'failed' && feedback !== null) return { feedback, evidence };
    return null;
  }

  async predictions(answers: Answers): Promise<PredictionResult[]> {
    const results: PredictionResult[] = [];
    for (const prediction of this.file.predictions ?? []) {
      const fact = prediction.fact === undefined ? null : await this.fact(prediction.fact);
      const score = scorePrediction(prediction, answers.answers[prediction.id], fact?.value ?? prediction.answer ?? null);
      const evidence = fact === null ? [] : this.evidence({ ok: true, ...fact });
      const text = score.feedback === null ? null : this.text(score.feedback, { ok: false, facts: score.facts });
      results.push({ ...score.result, feedback: text, evidence });
    }
    return results;
  }

  /** Where the questions of the timeline stand in this run. */
  async moments(): Promise<{ fact: string; scenario: string; seq: number }[]> {
    const found: { fact: string; scenario: string; seq: number }[] = [];
    for (const { fact } of this.file.moments ?? []) {
      const { scenario, seqs } = await this.fact(fact);
      const seq = seqs?.[0];
      if (scenario !== undefined && seq !== undefined) found.push({ fact, scenario, seq });
    }
    return found;
  }

  private async fact(name: string): Promise<Fact> {
    const make = this.checks.facts?.[name];
    if (make === undefined) throw new ChecksError(`checks.mjs has no fact "${name}", which exercise.json asks for`);
    const fact = await this.guard(`the fact ${name}`, () => make(this.runs));
    const single = Object.keys(this.runs).length === 1 ? Object.keys(this.runs)[0] : undefined;
    return { scenario: single, ...fact };
  }

  private async result(check: Check): Promise<CheckResult> {
    const { id, title, kind, weight = 1 } = check;
    const base = { id, title, kind, weight, reason: null, feedback: null, evidence: [] };
    if (kind === 'K' && process.platform !== 'linux')
      return { ...base, status: 'skipped', reason: 'It reads tables of the Linux kernel, and this is another system.' };
    const verdict = await this.guard(`the check ${id}`, () => check.test(this.runs));
    if (typeof verdict === 'object' && verdict !== null && 'skip' in verdict) return { ...base, status: 'skipped', reason: verdict.skip };
    const finding = this.ask(`the check ${id}`, verdict);
    if (finding === null) throw new ChecksError(`checks.mjs: the check ${id} gave no verdict (true, false, or a finding with ok)`);
    const evidence = this.evidence(finding);
    if (finding.ok) return { ...base, status: 'passed', evidence };
    if (this.broken) return { ...base, status: 'failed', reason: 'The program ended before this could be checked.' };
    // Without its facts a text would show holes: the title of the check has to do.
    if (factsMissing(this.textOf(check.feedback), finding.facts ?? {})) return { ...base, status: 'failed', evidence };
    return { ...base, status: 'failed', feedback: this.text(check.feedback, finding), evidence };
  }

  /** A verdict as a finding; null when it is none. */
  private ask(who: string, verdict: Verdict): Finding | null {
    if (typeof verdict === 'boolean') return { ok: verdict };
    if (verdict === null || typeof verdict !== 'object') return null;
    if ('skip' in verdict) return { ok: false };
    if (typeof verdict.ok !== 'boolean') throw new ChecksError(`checks.mjs: ${who} gave a finding without ok`);
    return verdict;
  }

  private async guard<T>(who: string, ask: () => T | Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof ChecksError) throw error;
      const place = /checks\.mjs:\d+/.exec((error as Error)?.stack ?? '')?.[0] ?? 'checks.mjs';
      throw new ChecksError(`${place}: ${who} failed: ${(error as Error)?.message ?? error}`);
    }
  }

  private text(id: string, finding: Finding): Feedback {
    return feedbackOf(id, this.textOf(id), finding.facts ?? {});
  }

  private textOf(id: string): FeedbackText {
    const text = this.file.feedback[id];
    if (text === undefined) throw new ChecksError(`checks.mjs names the feedback "${id}", which exercise.json does not have`);
    return text;
  }

  private evidence(finding: Finding | (Fact & { ok: boolean })): Evidence[] {
    const { scenario, seqs = [] } = finding;
    const trace = scenario === undefined ? undefined : this.traces.get(scenario);
    if (scenario === undefined || trace === undefined) return [];
    return seqs
      .filter((seq) => Number.isInteger(seq) && seq >= 1 && seq <= trace.size)
      .map((seq) => ({ scenario, seq, site: siteOf(trace, seq), says: stepWords(trace.event(seq)) }));
  }
}

function siteOf(trace: TraceStore, seq: number): Evidence['site'] {
  const { site } = trace.event(seq);
  return site === null ? null : { file: site.file, line: site.line, column: site.column };
}
