/** A report for people, as text. */
import type { CheckReport, Evidence, Feedback } from '../contracts/exercises';

const MARK = { passed: '  ok      ', failed: '  FAILED  ', skipped: '  skipped ' } as const;
const LONGEST_STEP = 110;

export function reportText(report: CheckReport): string {
  const lines = [`${report.exercise}  ${report.title}`];
  for (const { status, title, reason } of report.checks) lines.push(`${MARK[status]}${title}${reason === null ? '' : ` (${reason})`}`);
  for (const note of report.notes) lines.push(`  note: ${note}`);
  if (report.verdict === 'ungraded') lines.push(`Could not be graded: ${report.problem}`);
  else lines.push(`${report.verdict === 'passed' ? 'Passed' : 'Not yet'}: ${report.points} of ${report.of} points`);
  if (report.verdict === 'failed' && report.trouble !== null) lines.push('', report.trouble);
  if (report.feedback !== null) lines.push('', feedbackText(report.feedback), ...report.evidence.map(evidenceText));
  return `${lines.join('\n')}\n`;
}

/** What broke, the evidence, the question. */
export const feedbackText = ({ broke, evidence, question }: Feedback): string => `${broke}\n${evidence}\n${question}`;

function evidenceText({ scenario, seq, says, site }: Evidence): string {
  const place = site === null ? '' : `  ${site.file.split(/[\\/]/).at(-1)}:${site.line}`;
  return `  step ${seq} of "${scenario}": ${says.slice(0, LONGEST_STEP)}${place}`;
}
