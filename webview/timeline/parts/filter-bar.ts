import { PROVENANCES, type Provenance, type SocketStateName } from '../../../src/contracts/trace';
import type { TraceReader } from '../../../src/contracts/trace-model';
import { button, checkbox, dropdown, textField } from '../../kit/controls';
import { h, setText } from '../../kit/dom';
import { programName } from '../layout/titles';
import { DEPTHS, type Depth } from '../store/depth';
import { type Filter, isFiltered, NO_FILTER } from '../store/filter';
import type { TimelineStore } from '../store/store';
import { fileText } from './call-line';
import type { Part } from './part';

const DEPTH_NAMES: Record<Depth, string> = {
  all: 'Every step',
  node: 'Node calls',
  call: 'System calls',
  segment: 'States, bytes',
};
const SPEEDS = [0.5, 1, 2, 5, 20];
/** Longer lists are no help. */
const MOST = 200;

/** The depth after this one, around the end. */
export const nextDepth = (depth: Depth): Depth => DEPTHS[(DEPTHS.indexOf(depth) + 1) % DEPTHS.length]!;

/** The second row: how a step goes, and what is hidden. */
export function filterBar(store: TimelineStore): Part & { toggle(): void } {
  const change = (part: Partial<Filter>) => store.setFilter({ ...store.filter, ...part });
  const depth = dropdown({
    label: 'How deep a step goes (V)',
    name: 'depth',
    change: (value) => store.set({ depth: value as Depth }),
  });
  depth.choices(DEPTHS.map((value) => ({ value, text: DEPTH_NAMES[value] })));
  const speed = dropdown({ label: 'Speed of playing', name: 'speed', change: (value) => store.set({ speed: Number(value) }) });
  speed.choices(SPEEDS.map((value) => ({ value: String(value), text: `${value}×` })));
  const pick = <K extends keyof Filter>(name: K, label: string) =>
    dropdown({ label, name: `filter-${name}`, change: (value) => change({ [name]: value }) });
  const process = pick('process', 'Show one process');
  const result = pick('result', 'Show calls by their result');
  result.choices([
    { value: '', text: 'Any result' },
    { value: 'ok', text: 'Worked' },
    { value: 'failed', text: 'Failed' },
    { value: 'later', text: 'Not yet (EAGAIN)' },
  ]);
  const state = pick('state', 'Show what was done in a state');
  const provenance = pick('provenance', 'Show facts of one kind');
  const file = pick('file', 'Show what one source file did');
  const bytes = textField({
    label: 'Show steps whose bytes contain this text. Enter applies it',
    placeholder: 'Text in the bytes',
    name: 'filter-bytes',
    input: (value) => {
      if (value === '') change({ bytes: '' });
    },
    enter: () => change({ bytes: bytes.value() }),
    escape: () => {
      bytes.set('');
      change({ bytes: '' });
    },
  });
  const loops = checkbox({ label: 'Event loops', name: 'loops', change: (checked) => store.showLoops(checked) });
  const shown = h('span', { class: 'filter-count', role: 'status', 'data-name': 'filter-count' });
  const clear = button({ label: 'Show everything again', text: 'Clear', name: 'filter-clear', press: () => store.setFilter(NO_FILTER) });
  const named = (text: string, ...controls: HTMLElement[]) =>
    h('span', { class: 'filter-named' }, h('span', { class: 'faint' }, text), ...controls);
  const element = h(
    'div',
    { class: 'filters', role: 'group', 'aria-label': 'Filters and stepping', hidden: true },
    named('Step by', depth.element),
    named('Play at', speed.element),
    named('Show', process.element, result.element, state.element, provenance.element, file.element, bytes.element, loops.element),
    shown,
    clear.element,
  );
  let listed = '';
  return {
    element,
    toggle: () => store.set({ filtersOpen: !store.filtersOpen }),
    update() {
      const { reader, filter } = store;
      const filtered = isFiltered(filter);
      element.hidden = !reader || reader.size === 0 || (!store.filtersOpen && !filtered);
      if (element.hidden || !reader) return;
      depth.set(store.depth);
      speed.set(String(store.speed));
      loops.element.hidden = reader.loops.length === 0;
      loops.set(store.loops);
      const key = `${store.title}/${reader.processes.length}/${reader.siteCount}/${store.index.states.size}/${filter.file}`;
      if (key !== listed) {
        listed = key;
        process.choices(processChoices(reader));
        state.choices([{ value: '', text: 'Any state' }, ...[...store.index.states].sort().map((name) => ({ value: name, text: name }))]);
        provenance.choices([{ value: '', text: 'Any source' }, ...PROVENANCES.map((name: Provenance) => ({ value: name, text: name }))]);
        file.choices(fileChoices(reader, filter.file));
      }
      process.set(filter.process);
      result.set(filter.result);
      state.set(filter.state as SocketStateName | '');
      provenance.set(filter.provenance);
      file.set(filter.file);
      if (bytes.value() === '' && filter.bytes) bytes.set(filter.bytes);
      const count = store.passing?.count ?? reader.size;
      setText(shown, filtered ? `${count.toLocaleString('en')} of ${reader.size.toLocaleString('en')} steps shown` : '');
      clear.element.hidden = !filtered;
    },
  };
}

function processChoices(reader: TraceReader): { value: string; text: string }[] {
  const all = reader.processes.slice(0, MOST).map(({ pid, program }) => ({ value: String(pid), text: `${programName(program)} ${pid}` }));
  return [{ value: '', text: 'All processes' }, ...all];
}

/** The source files of the trace; `chosen` may name a line of one, which is offered then, too. */
function fileChoices(reader: TraceReader, chosen: string): { value: string; text: string }[] {
  const files = new Set<string>();
  for (let id = 0; id < reader.siteCount && files.size < MOST; id++) files.add(reader.site(id).file.replace(/^file:\/\//, ''));
  const choices = [...files].sort().map((value) => ({ value, text: fileText(value, reader.header.cwd) }));
  if (chosen && !files.has(chosen)) choices.push({ value: chosen, text: fileText(chosen, reader.header.cwd) });
  return [{ value: '', text: 'All files' }, ...choices];
}
