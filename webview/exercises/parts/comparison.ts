import type { PredictionView } from '../../../src/contracts/exercise-page';
import { h, icon } from '../../kit/dom';
import { rich } from '../../kit/rich';
import type { Page } from '../page';
import { words } from '../words';
import { evidenceList, feedbackBlock } from './evidence';

type Result = NonNullable<PredictionView['result']>;
type Compared = PredictionView & { result: Result };

export const RESULT_ICON = { right: 'pass-filled', wrong: 'error', unknown: 'question', unanswered: 'circle-outline' } as const;

/** The predictions that have a result. */
export const compared = (predictions: readonly PredictionView[]): Compared[] =>
  predictions.filter((one): one is Compared => one.result !== null);

/** Every prediction beside what happened, and nothing else: the reasons come after a look. */
export function comparisonTable(predictions: readonly Compared[]): HTMLElement {
  const right = predictions.filter(({ result }) => result.status === 'right').length;
  // Roles are spelled out: in a narrow page the rows are boxes, and boxes are no rows of a table by themselves.
  const cell = (column: number, ...content: (Node | string)[]) =>
    h('td', { role: 'cell', 'data-column': words.columns[column]! || words.columnResult }, ...content);
  return h(
    'div',
    {},
    h('p', { class: 'score' }, words.score(right, predictions.length)),
    h(
      'table',
      { class: 'comparison', role: 'table', 'aria-label': words.comparison },
      h(
        'thead',
        { role: 'rowgroup' },
        h(
          'tr',
          { role: 'row' },
          ...words.columns.map((text) =>
            h('th', { scope: 'col', role: 'columnheader' }, text || h('span', { class: 'spoken' }, words.columnResult)),
          ),
        ),
      ),
      h(
        'tbody',
        { role: 'rowgroup' },
        ...predictions.map((prediction) => {
          const { result, question } = prediction;
          return h(
            'tr',
            { role: 'row', 'data-result': result.status, 'data-id': prediction.id },
            h('th', { scope: 'row', role: 'rowheader' }, ...rich(question)),
            cell(1, given(prediction)),
            cell(2, result.actual === null ? words.notSeen : value(result.actual, prediction, null)),
            cell(3, h('span', { class: `mark ${result.status}` }, icon(RESULT_ICON[result.status]), ` ${words.result[result.status]}`)),
          );
        }),
      ),
    ),
  );
}

function given(prediction: Compared): Node | string {
  const { given, status, actual } = prediction.result;
  if (status === 'unknown') return words.dontKnow;
  return given === null ? words.nothing : value(given, prediction, actual);
}

/** A value in the words of the options; cards as a row. Cards at another place than in `other` are marked. */
function value(what: string | number | string[], { options }: PredictionView, other: string | number | string[] | null): Node | string {
  const text = (id: string | number) => options.find((option) => option.id === id)?.text ?? String(id);
  if (!Array.isArray(what)) return h('span', {}, ...rich(text(what)));
  if (what.length === 0) return words.none;
  return h(
    'ol',
    { class: 'sequence' },
    ...what.map((id, at) => h('li', { class: Array.isArray(other) && other[at] !== id ? 'differs' : null }, ...rich(text(id)))),
  );
}

/** The reasons: the first difference is open, the others are opened by who wants them. */
export function explanations(predictions: readonly Compared[], page: Page): HTMLElement[] {
  const first = predictions.find(({ result }) => result.status === 'wrong') ?? predictions.find(({ result }) => result.status !== 'right');
  return predictions.map((prediction) => {
    const { id, question, result } = prediction;
    return h(
      'details',
      { class: 'explained', 'data-name': `explained-${id}`, open: prediction === first },
      h(
        'summary',
        { 'data-name': `explained-${id}-head` },
        h(
          'span',
          { class: `mark ${result.status}` },
          icon(RESULT_ICON[result.status]),
          h('span', { class: 'spoken' }, `${words.result[result.status]}: `),
        ),
        h('span', {}, ...rich(question)),
      ),
      result.feedback ? feedbackBlock(result.feedback, `explained-${id}`, page) : null,
      h('p', { class: 'why' }, ...rich(result.explanation)),
      evidenceList(result.evidence, `explained-${id}`, page),
    );
  });
}
