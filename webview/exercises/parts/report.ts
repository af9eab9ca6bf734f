import type { ExerciseView, ReportView } from '../../../src/contracts/exercise-page';
import { button } from '../../kit/controls';
import { h, icon } from '../../kit/dom';
import type { Page } from '../page';
import { words } from '../words';
import { evidenceList, feedbackBlock } from './evidence';

const VERDICT_ICON = { passed: 'pass-filled', failed: 'error', ungraded: 'warning' } as const;
const STATUS_ICON = { passed: 'pass', failed: 'error', skipped: 'debug-step-over' } as const;

/** The verdict in a line; a stale mark; then what stood in the way of a good run. */
export function verdict(report: ReportView): HTMLElement[] {
  const graded = report.verdict !== 'ungraded';
  return [
    report.stale ? h('p', { class: 'stale' }, icon('history'), h('span', {}, words.stale)) : null,
    h(
      'h2',
      { class: `verdict ${report.verdict}`, 'data-name': 'verdict', tabindex: -1 },
      icon(VERDICT_ICON[report.verdict]),
      h('span', {}, words[report.verdict]),
      graded ? h('span', { class: 'points' }, words.points(report.points, report.of)) : null,
    ),
    report.problem === null ? null : h('p', { class: 'problem' }, report.problem),
    report.trouble === null ? null : h('p', { class: 'trouble' }, icon('warning'), h('span', {}, report.trouble)),
  ].filter((one) => one !== null);
}

/** What to say first: one misconception, with its steps. Nothing when the comparison of predictions says it already. */
export function firstFeedback(view: ExerciseView, page: Page): HTMLElement[] {
  const { report } = view;
  if (!report?.feedback) return [];
  const { feedback } = report;
  if (view.predictions.some(({ result }) => result?.feedback?.id === feedback.id)) return [];
  return [feedbackBlock(feedback, 'feedback', page), evidenceList(report.evidence, 'feedback', page)].filter((one) => one !== null);
}

/** Every check with its state in words; what broke in a failed one is opened by who wants it. */
export function checkList(view: ExerciseView, page: Page): HTMLElement[] {
  const { report } = view;
  // Predictions stand in their own table.
  const own = new Set(view.predictions.filter(({ result }) => result !== null).map(({ id }) => `prediction-${id}`));
  const checks = (report?.checks ?? []).filter(({ id }) => !own.has(id));
  if (checks.length === 0) return [];
  return [
    h('h3', {}, words.checks),
    h(
      'ul',
      { class: 'checks' },
      ...checks.map(({ id, title, status, reason, feedback, evidence }, at) => {
        // A reason that holds for several in a row is read once.
        const again = at > 0 && checks[at - 1]!.reason === reason;
        const more = status === 'failed' && feedback !== null && feedback.id !== report!.feedback?.id;
        return h(
          'li',
          { 'data-check': id, 'data-status': status },
          h('span', { class: `mark ${status}` }, icon(STATUS_ICON[status]), h('span', { class: 'status' }, words.status[status])),
          h(
            'div',
            { class: 'check-text' },
            h('span', {}, title),
            reason === null || again ? null : h('p', { class: 'reason' }, reason),
            more
              ? h(
                  'details',
                  { 'data-name': `check-${id}` },
                  h('summary', { 'data-name': `check-${id}-head` }, words.whatBroke),
                  feedbackBlock(feedback, `check-${id}`, page),
                  evidenceList(evidence, `check-${id}`, page),
                )
              : null,
          ),
        );
      }),
    ),
  ];
}

/** What the program printed in each run, as data. */
export function output(report: ReportView, page: Page): HTMLElement[] {
  const stream = (label: string, text: string) =>
    text === ''
      ? []
      : [h('p', { class: 'stream-head' }, label), h('pre', { class: 'stream', tabindex: 0, 'aria-label': label, role: 'group' }, text)];
  const runs = report.scenarios.map(({ id, title, ended, stdout, stderr, hasTrace }) =>
    h(
      'details',
      { class: 'run', 'data-name': `run-${id}` },
      h(
        'summary',
        { 'data-name': `run-${id}-head` },
        h('span', {}, title),
        h('span', { class: 'quiet' }, ` ${words.printed(stdout.length + stderr.length)}`),
      ),
      h('p', { class: 'ended' }, ended),
      ...stream(words.stdout, stdout),
      ...stream(words.stderr, stderr),
      hasTrace
        ? button({
            label: words.seeRun,
            text: words.seeRun,
            icon: 'pulse',
            name: `run-${id}-see`,
            press: () => page.post({ type: 'step', scenario: id, seq: 1 }),
          }).element
        : null,
    ),
  );
  return [
    ...(runs.length === 0 ? [] : [h('h3', {}, words.output), ...runs]),
    ...(report.notes.length === 0
      ? []
      : [h('h3', {}, words.notes), h('ul', { class: 'notes' }, ...report.notes.map((note) => h('li', {}, note)))]),
  ];
}
