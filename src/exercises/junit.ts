import type { CheckReport } from '../contracts/exercises';
import { feedbackText } from './report-text';

/** Reports as JUnit XML (the form that GitHub, GitLab and Jenkins read): a suite each, a case for every check. */
export function junit(reports: readonly { name: string; report: CheckReport }[]): string {
  const suites = reports.map(({ name, report }) => suite(name, report));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('')}</testsuites>\n`;
}

function suite(name: string, report: CheckReport): string {
  const { checks, problem } = report;
  const count = (status: string) => checks.filter((check) => check.status === status).length;
  const attributes = {
    name: `${report.exercise} ${name}`.trim(),
    tests: checks.length || 1,
    failures: count('failed'),
    errors: problem === null ? 0 : 1,
    skipped: count('skipped'),
    time: (report.ms / 1000).toFixed(3),
  };
  const head = Object.entries(attributes).map(([key, value]) => `${key}="${escaped(String(value))}"`);
  const cases = checks.map(({ title, status, reason, feedback, kind }) => {
    const start = `    <testcase classname="${escaped(report.exercise)}" name="${escaped(title)}"`;
    if (status === 'passed') return `${start}/>\n`;
    const inner =
      status === 'skipped'
        ? `<skipped message="${escaped(reason ?? '')}"/>`
        : `<failure type="${kind}" message="${escaped(feedback?.broke ?? reason ?? 'failed')}">${escaped(feedback === null ? '' : feedbackText(feedback))}</failure>`;
    return `${start}>${inner}</testcase>\n`;
  });
  if (problem !== null)
    cases.push(`    <testcase classname="${escaped(report.exercise)}" name="grading"><error message="${escaped(problem)}"/></testcase>\n`);
  return `  <testsuite ${head.join(' ')}>\n    <properties><property name="points" value="${report.points}"/><property name="of" value="${report.of}"/></properties>\n${cases.join('')}  </testsuite>\n`;
}

/** Characters that XML 1.0 does not have at all are left out. */
function escaped(text: string): string {
  let kept = '';
  for (const character of text) {
    const code = character.codePointAt(0)!;
    const isCharacter =
      code === 9 || code === 10 || code === 13 || (code >= 32 && code < 0xd800) || (code > 0xdfff && code < 0xfffe) || code > 0xffff;
    if (isCharacter) kept += ENTITIES[character] ?? character;
  }
  return kept;
}

const ENTITIES: { [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
