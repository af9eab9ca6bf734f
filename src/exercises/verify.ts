/** Holds an exercise against itself: the starter fails, solution and styles pass, every wrong solution fails for its own reason. */
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { CheckReport, Exercise } from '../contracts/exercises';
import { checkFolders } from './check';
import { ExamProcess } from './exam-process';
import { entryIn } from './files/entry';
import type { Isolation } from './isolation';
import { inParallel } from './parallel';

export interface Variant {
  kind: 'starter' | 'solution' | 'style' | 'wrong';
  name: string;
  /** Folder whose files lie over those of starter/. */
  folder: string;
  /** `passed`, or the id of the feedback; null: anything but passed. */
  expected: string | null;
}

export interface VariantResult {
  variant: Variant;
  /** How often it got which feedback, `passed`, or `could not be graded: ...`. */
  got: Map<string, number>;
  /** Slowest check, ms. */
  slowest: number;
  /** Why it was left out; null when it was not. */
  skipped: string | null;
  ok: boolean;
}

export interface VerifyOptions {
  cli: string;
  /** Checks of each variant, each with a seed of its own. */
  repeat: number;
  jobs: number;
  node?: string;
  /** Version of that node, `20.20.2`; that of this process when absent. */
  nodeVersion?: string;
  isolation?: Isolation;
  signal?: AbortSignal;
  /** The seed of the first check of each variant; 1 when absent. */
  firstSeed?: number;
  /** Told of every verdict as soon as it is there. */
  onVerdict?: (variant: Variant, verdict: { seed: number; got: string; ok: boolean; ms: number }) => void;
}

/** What an exercise has to be held against. */
export function variantsOf({ folder, file }: Exercise): Variant[] {
  return [
    { kind: 'starter', name: 'starter', folder: join(folder, 'starter'), expected: null },
    { kind: 'solution', name: 'solution', folder: join(folder, 'solution'), expected: 'passed' },
    ...(file.styles ?? []).map(({ name }) => ({ kind: 'style' as const, name, folder: join(folder, 'styles', name), expected: 'passed' })),
    ...file.wrong.map(({ name, feedback }) => ({ kind: 'wrong' as const, name, folder: join(folder, 'wrong', name), expected: feedback })),
  ];
}

/** A variant with its files in a folder. */
interface Composed {
  dir: string;
  result: VariantResult;
}

/**
 * Checks every variant `repeat` times, `jobs` at a time; what was going on when it was stopped does not count. Each is played for itself, but
 * where they are predictions about one and the same program: then one run a repeat is held against the answers of all.
 */
export async function verifyExercise(exercise: Exercise, options: VerifyOptions): Promise<VariantResult[]> {
  const all = variantsOf(exercise).map((variant) => composed(exercise, variant, options));
  const played = all.filter(({ result }) => result.skipped === null);
  const together = exercise.file.type === 'predict' ? [played] : played.map((one) => [one]);
  const seeds = Array.from({ length: options.repeat }, (_, n) => n + (options.firstSeed ?? 1));
  const orders = together.flatMap((group) => seeds.map((seed) => ({ group, seed })));
  const idle: ExamProcess[] = [];
  const started: ExamProcess[] = [];
  const take = () => {
    const known = idle.pop();
    if (known?.usable) return known;
    const exam = new ExamProcess(options.cli, options.isolation);
    started.push(exam);
    return exam;
  };
  try {
    await inParallel(orders, options.jobs, async ({ group, seed }) => {
      if (options.signal?.aborted) return;
      const exam = take();
      const { node, signal } = options;
      const reports = await checkFolders(
        exam,
        group.map(({ dir }) => dir),
        { exercise, seed, node, signal },
      );
      idle.push(exam);
      if (options.signal?.aborted) return;
      for (const [n, { result }] of group.entries()) {
        const [report, { variant }] = [reports[n]!, result];
        count(result, report);
        const got = verdictOf(report);
        options.onVerdict?.(variant, { seed, got, ok: asExpected(variant, got), ms: report.ms });
      }
    });
    return all.map(({ result }) => result);
  } finally {
    await Promise.all(started.map((exam) => exam.close()));
    for (const { dir } of all) rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
  }
}

function composed(exercise: Exercise, variant: Variant, { nodeVersion }: VerifyOptions): Composed {
  const dir = mkdtempSync(join(tmpdir(), 'socketscope-verify-'));
  compose(exercise, variant, dir);
  const entry = entryIn(dir, exercise.file.entry);
  const typescript = entry !== null && /\.[mc]?ts$/.test(entry) && !runsTypeScript(nodeVersion ?? process.versions.node);
  const skipped = typescript ? 'this Node does not run TypeScript by itself (22.6 and newer do)' : null;
  return { dir, result: { variant, got: new Map(), slowest: 0, skipped, ok: true } };
}

function count(result: VariantResult, report: CheckReport): void {
  const verdict = verdictOf(report);
  result.got.set(verdict, (result.got.get(verdict) ?? 0) + 1);
  result.slowest = Math.max(result.slowest, report.ms);
  result.ok = [...result.got.keys()].every((got) => asExpected(result.variant, got));
}

function asExpected({ expected }: Variant, verdict: string): boolean {
  if (verdict.startsWith('could not')) return false;
  return expected === null ? verdict !== 'passed' : verdict === expected;
}

/** One word for a report. */
export function verdictOf(report: CheckReport): string {
  if (report.verdict === 'ungraded') return `could not be graded: ${report.problem}`;
  if (report.verdict === 'passed') return 'passed';
  return report.feedback?.id ?? 'failed without feedback';
}

/** The files of starter/ with those of the variant over them. A variant in another language replaces the entry. */
export function compose({ folder, file }: Exercise, variant: Variant, dir: string): void {
  cpSync(join(folder, 'starter'), dir, { recursive: true });
  const stem = file.entry.slice(0, -extname(file.entry).length);
  const other = entryIn(variant.folder, file.entry);
  if (other?.startsWith(stem) && other !== file.entry && existsSync(join(dir, file.entry))) rmSync(join(dir, file.entry));
  cpSync(variant.folder, dir, { recursive: true });
}

function runsTypeScript(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 6);
}

/** The confusion matrix as text: a row for each variant, a column for each verdict; what is not as expected is marked. */
export function confusionMatrix(results: readonly VariantResult[]): string {
  const columns = [
    ...new Set([
      'passed',
      ...results.flatMap(({ variant, got }) => [...(variant.expected === null ? [] : [variant.expected]), ...got.keys()]),
    ]),
  ];
  const label = ({ variant: { kind, name } }: VariantResult) => (kind === name ? kind : `${kind} ${name}`);
  const width = Math.max(...results.map((result) => label(result).length));
  const lines = columns.map(
    (column, index) => `  ${String.fromCharCode(65 + (index % 26))}${index >= 26 ? Math.floor(index / 26) : ' '} ${column}`,
  );
  lines.push(`  ${''.padEnd(width)} ${columns.map((_, index) => String.fromCharCode(65 + (index % 26)).padStart(4)).join('')}   slowest`);
  for (const result of results) {
    const cells = columns.map((column) => String(result.got.get(column) ?? '.').padStart(4)).join('');
    const end = result.skipped === null ? `${(result.slowest / 1000).toFixed(1)} s`.padStart(9) : `   skipped: ${result.skipped}`;
    lines.push(
      `  ${label(result).padEnd(width)} ${cells} ${end}${result.ok ? '' : `  <-- expected ${result.variant.expected ?? 'not to pass'}`}`,
    );
  }
  return lines.join('\n');
}
