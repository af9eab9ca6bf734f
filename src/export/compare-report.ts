/** Two runs side by side, as text and as JSON. */
import type { Comparison, Difference } from '../contracts/compare';
import type { JsonObject } from '../contracts/trace';
import type { TraceReader } from '../contracts/trace-model';
import { compareSummary, compareText } from '../knowledge/compare-text';
import { clean } from './clean';
import { relativeTo } from './json';

/** The outcome, the first difference with its lines, then the others, one a line. */
export function* compareReport(a: TraceReader, b: TraceReader, comparison: Comparison): Iterable<string> {
  yield compareSummary(comparison);
  for (const [index, difference] of comparison.differences.entries()) {
    const { what, where, why } = compareText(a, b, comparison, difference);
    if (index === 0) {
      yield '';
      yield clean(`First: ${where}: ${what}`);
      for (const place of places(a, b, difference)) yield clean(`       ${place}`);
      if (why !== '') yield `       ${why}`;
      if (comparison.differences.length > 1) yield '';
      continue;
    }
    yield clean(`${String(index + 1).padStart(5)}  ${where}: ${what}${stepsOf(difference)}`);
  }
}

/** The same as one object. */
export function compareJson(a: TraceReader, b: TraceReader, comparison: Comparison): JsonObject {
  const differences = comparison.differences.map((difference): JsonObject => {
    const { what, where } = compareText(a, b, comparison, difference);
    const pair = comparison.sockets[difference.socket];
    return {
      kind: difference.kind,
      where,
      what,
      direction: difference.direction,
      socket: { run1: a.sockets[pair?.a ?? -1]?.id ?? null, run2: b.sockets[pair?.b ?? -1]?.id ?? null },
      steps: { run1: difference.a, run2: difference.b },
      sizes: { run1: difference.sizesA, run2: difference.sizesB },
    };
  });
  return {
    same: comparison.differences.length === 0,
    summary: compareSummary(comparison),
    differences,
    sockets: comparison.sockets.map((pair) => ({ run1: a.sockets[pair.a]?.id ?? null, run2: b.sockets[pair.b]?.id ?? null })),
    incomplete: comparison.incomplete.map((which) => (which === 'a' ? 'run1' : 'run2')),
  };
}

function stepsOf({ a, b }: Difference): string {
  const parts = [a.length > 0 ? `step ${a[0]} in run 1` : '', b.length > 0 ? `step ${b[0]} in run 2` : ''].filter((part) => part !== '');
  return parts.length === 0 ? '' : `  (${parts.join(', ')})`;
}

function places(a: TraceReader, b: TraceReader, difference: Difference): string[] {
  const place = (name: string, trace: TraceReader, seqs: readonly number[]) => {
    if (seqs.length === 0) return [];
    const id = trace.siteId(seqs[0]!);
    const site = id < 0 ? null : trace.site(id);
    const line = site === null ? '' : `, ${relativeTo(trace.header.cwd, site.file)}:${site.line}:${site.column}`;
    return [`${name}: step ${seqs[0]}${seqs.length > 1 ? ` to ${seqs.at(-1)}` : ''}${line}`];
  };
  return [...place('run 1', a, difference.a), ...place('run 2', b, difference.b)];
}
