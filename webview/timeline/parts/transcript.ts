import type { TraceReader } from '../../../src/contracts/trace-model';
import { undeliveredNote } from '../../../src/knowledge/datagram-words';
import { WORTH_TELLING } from '../../../src/knowledge/loop-text';
import { readyWait } from '../../../src/trace/loop/callback';
import { fill, h, setAttributes, setText } from '../../kit/dom';
import { runEnd } from '../layout/run-end';
import { lowerBound } from '../layout/search';
import { duration } from '../layout/ticks';
import { programName } from '../layout/titles';
import { failureIn } from '../store/failures';
import type { TimelineStore } from '../store/store';
import { callLine, fileText } from './call-line';
import type { Part } from './part';
import { provenanceSign } from './provenance';

/** Height of a line in CSS pixels (the style sheet says the same). */
const LINE = 22;
/** Browsers cut elements off at some 33 million pixels; longer lists scroll proportionally. */
const TALLEST = 8_000_000;
const OVERSCAN = 6;

/** One step in words, as it is read out and copied. */
export function transcriptLine(reader: TraceReader, seq: number): string {
  const event = reader.event(seq);
  const process = reader.processes[reader.processIndex(seq)];
  const place = event.site ? `  ${fileText(event.site.file, reader.header.cwd)}:${event.site.line}` : '';
  return `${seq}  ${duration(event.t)}  ${process ? programName(process.program) : event.pid}  ${event.socket ?? ''}  ${callLine(event)}  [${event.provenance}]${place}${besideText(reader, seq)}`;
}

/**
 * What the canvas says of a step beside its mark: that its datagram did not arrive, and how long something was ready before its callback
 * ran, where that is worth a word.
 */
export function besideText(reader: TraceReader, seq: number): string {
  const note = undeliveredNote(reader, seq);
  const found = readyWait(reader, seq);
  return (note && `  (${note})`) + lateText(found);
}

function lateText(found: ReturnType<typeof readyWait>): string {
  return found && found.wait >= WORTH_TELLING ? `  (ready ${duration(found.wait)} before, at step ${found.ready})` : '';
}

/** The trace in words: a list of which only the lines in view exist, in step with the cursor. */
export function transcript(actions: { goTo(step: number): void; copy(text: string): void; move(by: number): void }): Part {
  const lines = h('div', { class: 'lines' });
  const space = h('div', { class: 'space' }, lines);
  const list = h('div', {
    class: 'transcript',
    role: 'listbox',
    tabindex: 0,
    'aria-label': 'Transcript of the run. Arrow up and down step, Enter shows the line in the editor.',
  });
  list.append(space);
  const end = h('p', { class: 'transcript-end', hidden: true });
  const element = h('div', { class: 'tab-body tab-fill transcript-tab' }, list, end);
  let store: TimelineStore | null = null;
  let shown = '';
  let step = -1;

  const height = (size: number) => Math.min(TALLEST, size * LINE);
  /** First step at the top of the list for a scroll position. */
  const firstAt = (size: number) => {
    const full = size * LINE;
    const scrollable = Math.max(1, height(size) - list.clientHeight);
    const part = full <= TALLEST ? list.scrollTop : (list.scrollTop / scrollable) * (full - list.clientHeight);
    return Math.max(1, Math.floor(part / LINE) + 1);
  };
  const scrollTo = (seq: number, size: number) => {
    const full = size * LINE;
    const wanted = (seq - 1) * LINE;
    const scale = full <= TALLEST ? 1 : (height(size) - list.clientHeight) / Math.max(1, full - list.clientHeight);
    const top = list.scrollTop / scale;
    if (wanted < top) list.scrollTop = wanted * scale;
    else if (wanted + LINE > top + list.clientHeight) list.scrollTop = (wanted + LINE - list.clientHeight) * scale;
  };

  const paint = () => {
    const reader = store?.reader;
    if (!reader || !store || list.clientHeight === 0) return;
    const shownSteps = store.passing?.all ?? null;
    const size = shownSteps?.length ?? reader.size;
    const first = Math.max(1, firstAt(size) - OVERSCAN);
    const last = Math.min(size, first + Math.ceil(list.clientHeight / LINE) + 2 * OVERSCAN);
    const key = `${first}/${last}/${store.step}/${size}/${store.title}/${shownSteps === null ? '' : JSON.stringify(store.filter)}`;
    if (key === shown) return;
    shown = key;
    space.style.height = `${height(size)}px`;
    const full = size * LINE;
    const offset = full <= TALLEST ? (first - 1) * LINE : list.scrollTop - OVERSCAN * LINE;
    lines.style.transform = `translateY(${Math.max(0, offset)}px)`;
    const rows: HTMLElement[] = [];
    for (let at = first; at <= last; at++) {
      const seq = shownSteps ? shownSteps[at - 1]! : at;
      rows.push(line(reader, seq, seq === store.step, at, size));
    }
    fill(lines, ...rows);
    const active = rows.some((row) => row.id === `line-${store!.step}`);
    setAttributes(list, { 'aria-activedescendant': active ? `line-${store.step}` : null });
  };

  list.addEventListener('scroll', paint, { passive: true });
  list.addEventListener('click', (event) => {
    const row = (event.target as Element).closest<HTMLElement>('[data-seq]');
    if (row) actions.goTo(Number(row.dataset.seq));
  });
  list.addEventListener('keydown', (event) => {
    const page = Math.max(1, Math.floor(list.clientHeight / LINE) - 1);
    if (event.key === 'ArrowDown') actions.move(1);
    else if (event.key === 'ArrowUp') actions.move(-1);
    else if (event.key === 'PageDown') actions.move(page);
    else if (event.key === 'PageUp') actions.move(-page);
    else if (event.key === 'Home') actions.move(Number.NEGATIVE_INFINITY);
    else if (event.key === 'End') actions.move(Number.POSITIVE_INFINITY);
    else if (event.key === 'Enter' && store) actions.goTo(store.step);
    else return;
    event.preventDefault();
  });
  list.addEventListener('copy', (event) => {
    const reader = store?.reader;
    if (!reader || !store || String(document.getSelection()) !== '') return;
    event.preventDefault();
    if (store.step > 0) actions.copy(transcriptLine(reader, store.step));
  });

  return {
    element,
    update(next) {
      store = next;
      const reader = next.reader;
      if (!reader || next.tab !== 'transcript') return;
      const over = runEnd(reader, next.live, next.stopped);
      setText(end, over?.text ?? '');
      end.hidden = over === null;
      end.classList.toggle('failed', over?.failed === true);
      const passing = next.passing?.all ?? null;
      const size = passing?.length ?? reader.size;
      space.style.height = `${height(size)}px`;
      // With a filter the line of the step, or of the last one before it that is shown.
      const at = passing ? lowerBound(passing, next.step + 1) : next.step;
      if (next.step !== step || shown === '') scrollTo(Math.max(1, at), size);
      step = next.step;
      paint();
    },
  };
}

function line(reader: TraceReader, seq: number, current: boolean, place: number, size: number): HTMLElement {
  const event = reader.event(seq);
  const process = reader.processes[reader.processIndex(seq)];
  return h(
    'div',
    {
      class: `line${current ? ' current' : ''}${failureIn(event) ? ' failed' : ''}`,
      id: `line-${seq}`,
      role: 'option',
      'aria-selected': String(current),
      'aria-posinset': place,
      'aria-setsize': size,
      'data-seq': seq,
      title: transcriptLine(reader, seq),
    },
    h('span', { class: 'line-from', title: event.provenance }, provenanceSign(event.provenance)),
    h('span', { class: 'line-seq' }, String(seq)),
    h('span', { class: 'line-socket' }, event.socket ?? ''),
    h('span', { class: 'line-who' }, process ? programName(process.program) : String(event.pid)),
    h('span', { class: 'line-call' }, callLine(event), besideText(reader, seq)),
  );
}
