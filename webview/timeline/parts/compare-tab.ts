import type { CompareRow, Comparison } from '../../../src/contracts/compare';
import type { TraceReader } from '../../../src/contracts/trace-model';
import { compareSummary, compareText } from '../../../src/knowledge/compare-text';
import { button, dropdown } from '../../kit/controls';
import { fill, h, icon, setText } from '../../kit/dom';
import { programName } from '../layout/titles';
import type { OtherRun } from '../store/other-run';
import type { TimelineStore } from '../store/store';
import { callLine } from './call-line';
import type { Part } from './part';

/** Rows that are shown at once, around the one that the step is in; long lists are walked in pages of this size. */
const SHOWN = 60;
/** Steps of one cell that are listed. */
const LISTED = 8;

export interface CompareActions {
  goTo(step: number): void;
  showOther(step: number): void;
  /** Asks for a run to compare with. */
  choose(): void;
}

/** Two runs of one program beside each other: where they part, and every step of one socket in both. */
export function compareTab(other: OtherRun, actions: CompareActions): Part {
  const element = h('div', { class: 'tab-body compare', role: 'group', tabindex: 0, 'aria-label': 'Compare with another run' });
  const choose = button({
    // Begins with the words on it: who speaks to the computer says what stands there (axe: label-content-name-mismatch).
    label: 'Choose a Run... to compare this one with',
    text: 'Choose a Run...',
    name: 'compare',
    press: actions.choose,
  });
  let store: TimelineStore | null = null;
  let shown = '';
  let at = 0;
  /** The list of rows that is shown: `p0` a process, `s3` a pair of sockets; '' follows the difference. */
  let place = '';
  let page = 0;
  let last: Comparison | null = null;

  const go = (index: number, comparison: Comparison) => {
    at = index;
    const difference = comparison.differences[at];
    if (!difference) return;
    place = difference.socket >= 0 ? `s${difference.socket}` : `p${difference.process}`;
    page = pageOf(rowsOf(comparison, place), (row) => row.difference === at);
    shown = '';
    const [a, b] = [difference.a[0], difference.b[0]];
    if (a !== undefined) actions.goTo(a);
    else if (b !== undefined) draw();
  };
  const previous = button({ label: 'Previous difference', icon: 'arrow-up', name: 'previous-difference', press: () => move(-1) });
  const next = button({ label: 'Next difference', icon: 'arrow-down', name: 'next-difference', press: () => move(1) });
  const move = (by: number) => {
    const comparison = last;
    if (comparison && comparison.differences.length > 0) go(Math.max(0, Math.min(comparison.differences.length - 1, at + by)), comparison);
  };
  const places = dropdown({
    label: 'Which socket or program is listed',
    name: 'compare-place',
    change(value) {
      place = value;
      page = 0;
      shown = '';
      draw();
    },
  });

  const [one, two, summary, heading, count, said, list] = [
    h('span'),
    h('span'),
    h('p', { class: 'compare-summary', role: 'status' }),
    h('b'),
    h('span', { class: 'faint' }),
    h('div'),
    h('div'),
  ];
  const again = button({
    label: 'Another Run... to compare this one with',
    text: 'Another Run...',
    name: 'compare-other',
    press: actions.choose,
  });
  const box = h(
    'section',
    { class: 'difference', 'aria-label': 'Difference', 'data-name': 'difference' },
    h('div', { class: 'difference-head' }, heading, count, h('span', { class: 'difference-moves' }, previous.element, next.element)),
    said,
  );
  const whole = h(
    'div',
    {},
    h('p', { class: 'compare-runs' }, h('b', {}, 'Run 1'), one, h('b', {}, 'Run 2'), two, again.element),
    summary,
    box,
    h('div', { class: 'compare-place' }, places.element),
    list,
  );

  const draw = () => {
    const reader = store?.reader;
    if (!store || !reader || store.shownTab !== 'compare') return;
    const key = `${store.step}/${reader.size}/${store.live}/${store.progress}/${store.title}/${other.title}/${other.reader?.size}/${at}/${place}/${page}`;
    if (key === shown) return;
    shown = key;
    const b = other.reader;
    if (other.problem !== '' || !b || store.live || store.progress < 1) {
      fill(element, h('p', { class: other.problem === '' ? 'faint' : '' }, whyNone(store, other)), choose.element);
      return;
    }
    const comparison = other.compare(reader)!;
    if (comparison !== last) {
      last = comparison;
      at = 0;
      place = comparison.differences.length > 0 ? '' : firstPlace(comparison);
      if (place === '') {
        go(0, comparison);
        return draw();
      }
    }
    places.choices(placeChoices(reader, b, comparison));
    places.set(place);
    setText(one, store.title);
    setText(two, other.title);
    setText(summary, compareSummary(comparison));
    box.hidden = comparison.differences.length === 0;
    if (!box.hidden) tell(reader, b, comparison);
    fill(list, ...table(reader, b, comparison));
    // Moving what has the focus would take it away.
    if (whole.parentElement !== element) fill(element, whole);
  };

  const tell = (a: TraceReader, b: TraceReader, comparison: Comparison) => {
    const { what, where, why } = compareText(a, b, comparison, comparison.differences[at]!);
    previous.element.toggleAttribute('disabled', at === 0);
    next.element.toggleAttribute('disabled', at === comparison.differences.length - 1);
    setText(heading, at === 0 ? 'First difference' : `Difference ${at + 1}`);
    setText(count, `${at + 1} of ${comparison.differences.length}`);
    fill(said, h('p', {}, h('code', {}, where), ` ${what}.`), why === '' ? null : h('p', { class: 'faint' }, why));
  };

  const table = (a: TraceReader, b: TraceReader, comparison: Comparison) => {
    const rows = rowsOf(comparison, place);
    const from = page * SHOWN;
    const part = rows.slice(from, from + SHOWN);
    const turn = (by: number, text: string) => {
      const link = h('button', { type: 'button', class: 'link' }, text);
      link.addEventListener('click', () => {
        page += by;
        shown = '';
        draw();
      });
      return h('p', {}, link);
    };
    return [
      from > 0 ? turn(-1, `${from} rows before these`) : null,
      h(
        'table',
        { class: 'compare-rows' },
        h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'Run 1'), h('th', { scope: 'col' }, 'Run 2'))),
        h('tbody', {}, ...part.map((row) => rowOf(a, b, row))),
      ),
      from + SHOWN < rows.length ? turn(1, `${rows.length - from - SHOWN} rows after these`) : null,
    ];
  };

  const rowOf = (a: TraceReader, b: TraceReader, row: CompareRow) => {
    const differs = row.difference >= 0;
    const now = store !== null && row.a.includes(store.step);
    const classes = ['compare-row', differs ? 'differs' : '', differs && row.difference === at ? 'current' : '', now ? 'now' : ''];
    return h(
      'tr',
      { class: classes.join(' ').trim(), 'data-difference': differs ? row.difference : null, 'aria-current': now ? 'step' : null },
      cell(a, row.a, actions.goTo, differs),
      cell(b, row.b, actions.showOther, differs),
    );
  };

  return {
    element,
    update(current) {
      store = current;
      draw();
    },
  };
}

/** The steps of one run in a row; each opens. */
function cell(trace: TraceReader, seqs: readonly number[], press: (step: number) => void, differs: boolean): HTMLElement {
  if (seqs.length === 0) return h('td', { class: 'compare-none' }, h('span', { class: 'faint' }, 'not in this run'));
  const lines = seqs.slice(0, LISTED).map((seq) => {
    const line = h(
      'button',
      { type: 'button', class: 'compare-step', title: `Step ${seq}` },
      h('span', { class: 'faint' }, String(seq)),
      ` ${callLine(trace.event(seq), 24)}`,
    );
    line.addEventListener('click', () => press(seq));
    return line;
  });
  const rest = seqs.length > LISTED ? h('span', { class: 'faint' }, `and ${seqs.length - LISTED} more`) : null;
  return h('td', {}, differs ? h('span', { class: 'spoken' }, 'differs: ') : null, differs ? icon('diff-modified') : null, ...lines, rest);
}

function rowsOf(comparison: Comparison, place: string): readonly CompareRow[] {
  const index = Number(place.slice(1));
  return (place.startsWith('p') ? comparison.processes[index]?.rows : comparison.sockets[index]?.rows) ?? [];
}

const pageOf = (rows: readonly CompareRow[], is: (row: CompareRow) => boolean) => Math.max(0, Math.floor(rows.findIndex(is) / SHOWN));

const firstPlace = (comparison: Comparison) => (comparison.sockets.length > 0 ? 's0' : 'p0');

/** Programs and sockets, with how many differences each has. */
function placeChoices(a: TraceReader, b: TraceReader, comparison: Comparison): { value: string; text: string }[] {
  const counts = new Map<string, number>();
  for (const { socket, process } of comparison.differences) {
    const key = socket >= 0 ? `s${socket}` : `p${process}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const many = (key: string) => (counts.has(key) ? `, ${counts.get(key)} ${counts.get(key) === 1 ? 'difference' : 'differences'}` : '');
  const name = (pair: { a: number; b: number } | undefined) =>
    pair === undefined ? '?' : programName((pair.a >= 0 ? a.processes[pair.a]! : b.processes[pair.b]!).program);
  return [
    ...comparison.processes.map((pair, index) => ({ value: `p${index}`, text: `${name(pair)}${many(`p${index}`)}` })),
    ...comparison.sockets.map((pair, index) => {
      const [idA, idB] = [a.sockets[pair.a]?.id, b.sockets[pair.b]?.id];
      const ids = idA === idB ? idA : `${idA ?? 'none'} and ${idB ?? 'none'}`;
      const { role } = pair.a >= 0 ? a.sockets[pair.a]! : b.sockets[pair.b]!;
      return { value: `s${index}`, text: `${name(comparison.processes[pair.process])} ${ids}, ${role}${many(`s${index}`)}` };
    }),
  ];
}

function whyNone(store: TimelineStore, other: OtherRun): string {
  if (other.problem !== '') return `${other.title} cannot be compared: ${other.problem}`;
  if (store.live) return 'This run is still going on. When it has ended it can be compared with another run of the same program.';
  if (other.reader && store.progress < 1) return 'The trace is still being read.';
  return 'Run the program again, or with faults, and put both runs beside each other: the same sockets and calls stand in one row, and the first difference is where the runs part.';
}
