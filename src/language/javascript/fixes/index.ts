/** Changes offered for what the rules say, and refactorings of socket calls. Each gives a program that parses and runs. */
import type { CodeFix } from '../../analysis';
import type { Program, Report } from '../rules/program';
import { frameByLength, frameByLine, limitSize, readText } from './bytes';
import { addErrorListener, errorsOfAll, explainPortInUse, usePipeline } from './errors';
import { allowHalfOpen, cleanUpOnClose, destroyOnTimeout, statePerConnection, waitForDrain } from './lifetimes';
import { Style } from './style';

/** One way to settle a report; null: not in this shape of code. */
export type Fixer = (program: Program, report: Report, style: Style) => Omit<CodeFix, 'rule'> | null;

const FIXERS: Readonly<Partial<Record<Report['rule'], readonly Fixer[]>>> = {
  'no-error-listener': [addErrorListener],
  'try-around-async': [addErrorListener, explainPortInUse],
  'pipe-without-errors': [usePipeline],
  'chunk-as-message': [frameByLine, frameByLength],
  'chunk-to-text': readText,
  'no-limit': [limitSize],
  'cleanup-on-end': [cleanUpOnClose],
  'answer-after-end': [allowHalfOpen],
  'timeout-leaves-open': [destroyOnTimeout],
  'ignored-backpressure': [waitForDrain, usePipeline],
  'shared-state': [statePerConnection],
  'aggregate-error': [errorsOfAll],
};

export function fixesOf(program: Program, reports: readonly Report[], from: number, to: number): CodeFix[] {
  const fixes: CodeFix[] = [];
  const line = (offset: number): number => program.text.lastIndexOf('\n', offset - 1) + 1;
  for (const report of reports) {
    // A cursor anywhere on the line is enough.
    if (line(report.at.startIndex) > to || report.at.endIndex < line(from)) continue;
    for (const fixer of FIXERS[report.rule] ?? []) {
      const fix = fixer(program, report, new Style(program));
      if (fix) fixes.push({ ...fix, rule: report.rule });
    }
  }
  // Not the answer to a remark: a server that may say more when its port is taken.
  for (const { call, name } of program.calls) {
    if (call.api !== 'server.listen' || line(name.startIndex) > to || name.endIndex < line(from)) continue;
    const fix = explainPortInUse(program, { rule: 'address-in-use', at: name, call }, new Style(program));
    if (fix && !fixes.some(({ title }) => title === fix.title)) fixes.push({ ...fix, rule: 'address-in-use' });
  }
  return fixes;
}
