import type { TraceReader } from '../../../src/contracts/trace-model';
import { type Explanation, explain } from '../../../src/knowledge/explain';
import { durationWords } from '../../../src/knowledge/plain-words';
import { stuckText } from '../../../src/knowledge/stuck-text';
import { fill, h, icon } from '../../kit/dom';
import { rich } from '../../kit/rich';
import { runEnd } from '../layout/run-end';
import { duration } from '../layout/ticks';
import { programName } from '../layout/titles';
import type { TimelineStore } from '../store/store';
import { callLine, fileText } from './call-line';
import { depths } from './depths';
import type { Hints } from './hints';
import { lateWords, loopBefore, loopNote } from './loop-note';
import type { Part } from './part';
import { provenanceChip } from './provenance';

/** What the card's links do. */
export interface CardActions {
  showSource(): void;
  goTo(step: number): void;
  /** Shows one socket and its peer alone; '' shows all. */
  only(socket: string): void;
  /** Opens "Why is it stuck?". */
  stuck(): void;
}

/** The card: what happened at the current step, in words. */
export function card(actions: CardActions, hints: Hints): Part {
  const element = h('section', { class: 'card', 'aria-label': 'Current step' });
  let shown = '';
  let scrolled = false;
  element.addEventListener(
    'scroll',
    () => {
      scrolled = element.scrollTop > 0;
    },
    { passive: true },
  );
  const opened: Opened = { how: false, depths: false };
  return {
    element,
    update(store) {
      const reader = store.reader;
      if (!reader) return;
      const key = `${store.stuck.key}/${store.over}/${store.filter.socket}/${store.step}/${store.step === 0 || store.live ? reader.size : 0}/${store.title}`;
      if (key === shown) return;
      shown = key;
      // Once all parts of the page are written: it makes the browser lay them out. So not where nothing was scrolled.
      if (scrolled)
        queueMicrotask(() => {
          element.scrollTop = 0;
        });
      if (store.step === 0) fill(element, ...beginning(reader, store, hints));
      else {
        fill(element, ...stepContent(reader, store, actions, opened, hints));
        for (const name of ['how', 'depths'] as const) {
          const details = element.querySelector<HTMLDetailsElement>(`details[data-name="${name}"]`);
          if (!details) continue;
          if (name === 'how') details.open = opened.how;
          details.addEventListener('toggle', () => {
            opened[name] = details.open;
          });
        }
      }
    },
  };
}

function beginning(reader: TraceReader, store: TimelineStore, hints: Hints): (HTMLElement | null)[] {
  const programs = reader.processes.map((process) => programName(process.program)).join(' and ');
  const last = reader.size > 0 ? `, in ${duration(reader.time(reader.size))}` : '';
  const text =
    reader.size === 0
      ? 'Nothing has happened yet.'
      : `${programs || 'The run'}: ${reader.size.toLocaleString('en')} steps${last}, ${reader.sockets.length === 1 ? '1 socket' : `${reader.sockets.length.toLocaleString('en')} sockets`}.`;
  const parts: (HTMLElement | null)[] = [
    h('div', { class: 'card-head' }, h('span', { class: 'card-step' }, 'Before anything')),
    h('p', { class: 'card-happened' }, text),
  ];
  if (reader.size > 0 && !store.following)
    parts.push(hints.line('first-step', 'Press ', h('kbd', {}, '→'), ' to see the first thing that happened, or click any mark.'));
  for (const notice of [...reader.header.notices, ...reader.processes.flatMap((process) => process.notices)])
    parts.push(h('p', { class: 'notice' }, icon('info'), h('span', {}, notice)));
  return parts;
}

function stepContent(
  reader: TraceReader,
  store: TimelineStore,
  actions: CardActions,
  opened: Opened,
  hints: Hints,
): (HTMLElement | null)[] {
  const { step } = store;
  const event = reader.event(step);
  const process = reader.processes[reader.processIndex(step)];
  const words = explain(reader, event);
  let place: HTMLElement | null = null;
  if (event.site) {
    const name = `${fileText(event.site.file, reader.header.cwd)}:${event.site.line}:${event.site.column}`;
    place = h(
      'button',
      { type: 'button', class: 'link', title: `${event.site.file}\nShow the line in the editor (E)`, 'data-name': 'site' },
      name,
    );
    place.addEventListener('click', () => actions.showSource());
  }
  const late = loopNote(lateWords(reader, step));
  const ended = runEnd(reader, store.live, store.stopped)?.text ?? '';
  const change = words.before !== null && words.after !== null ? changeRow(words.before, words.after) : null;
  return [
    store.over
      ? (hints.line('run-over', `${ended} Press `, h('kbd', {}, 'Home'), ', then ', h('kbd', {}, '→'), ' to go through it step by step.') ??
        h('p', { class: 'notice' }, icon('info'), h('span', {}, ended)))
      : null,
    h(
      'div',
      { class: 'card-head' },
      h('span', { class: 'card-step' }, `Step ${step.toLocaleString('en')}`),
      h('span', { class: 'card-where' }, `${process ? programName(process.program) : 'process'} · pid ${event.pid}`),
      onlySocket(event.socket, store, actions),
      copyLink(store),
    ),
    h('code', { class: `card-call${words.cause ? ' failed' : ''}`, 'data-name': 'call' }, callLine(event)),
    h(
      'div',
      { class: 'card-facts' },
      provenanceChip(event.provenance),
      event.api ? h('span', { class: 'card-api', title: 'The Node API behind it' }, event.api) : null,
      place && event.site?.cause ? h('span', {}, h('span', { class: 'faint' }, 'caused by '), place) : place,
      h('span', { class: 'faint', title: `${event.t.toLocaleString('en')} ns since the run began` }, duration(event.t)),
    ),
    h('p', { class: 'card-happened' }, words.happened),
    words.means && event.args?.contradicts
      ? h('p', { class: 'card-contradicts' }, icon('warning'), h('span', {}, words.means))
      : words.means
        ? h('p', { class: 'card-means' }, words.means)
        : null,
    late,
    words.matters ? h('p', { class: 'card-matters' }, h('strong', {}, 'Why it matters: '), ...rich(words.matters)) : null,
    words.cause
      ? h(
          'div',
          { class: 'card-error', role: 'note' },
          h('p', {}, h('strong', {}, 'Cause: '), ...rich(words.cause)),
          words.ask ? h('p', {}, h('strong', {}, 'Ask first: '), ...rich(words.ask)) : null,
          words.fix ? h('p', {}, h('strong', {}, 'Fix: '), ...rich(words.fix)) : null,
          words.note ? h('p', { class: 'card-means' }, ...rich(words.note)) : null,
        )
      : null,
    change,
    changesRow(words.changes),
    otherEnd(reader, step, actions),
    missedAt(reader, step, actions),
    late ? null : loopNote(loopBefore(reader, step)),
    stuckLine(reader, store, event.socket, actions),
    unfold(reader, step, actions, opened),
    readMore(words, store),
    h(
      'details',
      { class: 'card-how', 'data-name': 'how' },
      h('summary', {}, 'How do we know?'),
      h('p', {}, words.how),
      ...(process?.notices ?? []).map((notice) => h('p', { class: 'notice' }, icon('info'), h('span', {}, notice))),
    ),
  ];
}

/** Of an open socket that does not get any further: why, in a line. */
function stuckLine(reader: TraceReader, store: TimelineStore, socket: string | null, actions: CardActions): HTMLElement | null {
  const finding = store.stuck.of(socket);
  if (!finding || finding.follows || store.step > store.stuck.step) return null;
  const { title } = stuckText(reader, finding, store.live);
  const why = h('button', { type: 'button', class: 'link', 'data-name': 'why' }, 'Why?');
  why.addEventListener('click', () => actions.stuck());
  const time = `${store.live ? 'at least ' : ''}${durationWords(finding.lasted)}`;
  const words = store.live ? `Stuck for ${time}: ${title}. ` : `Stuck at the end of the run, for ${time}: ${title}. `;
  return h('div', { class: 'card-stuck', role: 'note' }, icon('watch'), h('span', {}, words, why));
}

/** The socket of the step, as a switch: alone with its peer, or among all. */
function onlySocket(socket: string | null, store: TimelineStore, actions: CardActions): HTMLElement | null {
  if (!socket) return null;
  const alone = store.filter.socket !== '';
  const title = alone ? 'Show all sockets again' : `Show only ${socket} and its peer`;
  const text = alone ? `${socket} (show all)` : `${socket} only`;
  const button = h('button', { type: 'button', class: 'link', title, 'aria-pressed': String(alone), 'data-name': 'only' }, text);
  button.addEventListener('click', () => actions.only(alone ? '' : socket));
  return button;
}

/** Copies a link that opens this trace at this step. */
function copyLink(store: TimelineStore): HTMLElement {
  const label = 'Copy a link to this step';
  const button = h('button', { type: 'button', class: 'link', title: label, 'aria-label': label, 'data-name': 'copy-link' }, icon('link'));
  button.addEventListener('click', () => store.ask({ type: 'copyLink', step: store.step }));
  return button;
}

/** What the learner has unfolded stays so at every step. */
interface Opened {
  how: boolean;
  depths: boolean;
}

/** The step at its three depths. Worked out only when it is unfolded: it looks at the whole connection. */
function unfold(reader: TraceReader, step: number, actions: CardActions, opened: Opened): HTMLElement | null {
  if (reader.socketIndex(step) < 0) return null;
  const body = h('div');
  const details = h('details', { class: 'card-how', 'data-name': 'depths' }, h('summary', {}, 'Node call, system call, segment'), body);
  const show = () => {
    if (details.open && body.childElementCount === 0)
      body.append(depths(reader, step, (to) => actions.goTo(to)) ?? h('p', { class: 'card-means' }, 'This step has only one depth.'));
  };
  details.addEventListener('toggle', show);
  details.open = opened.depths;
  show();
  return details;
}

/** What else changed of the socket: `Recv-Q 14 → 0`. */
function changesRow(changes: Explanation['changes']): HTMLElement | null {
  if (changes.length === 0) return null;
  return h(
    'dl',
    { class: 'card-changes', 'aria-label': 'What changed' },
    ...changes.map(({ name, before, after }) =>
      h('div', {}, h('dt', {}, name), h('dd', {}, before, h('span', { class: 'faint' }, ' → '), h('strong', {}, after))),
    ),
  );
}

/** The card of the documentation, and the sources. */
function readMore({ card: id, references }: Explanation, store: TimelineStore): HTMLElement | null {
  if (!id && references.length === 0) return null;
  const row = h('div', { class: 'card-links', 'data-name': 'more' }, h('span', { class: 'faint' }, 'Read more '));
  if (id) {
    const open = h(
      'button',
      { type: 'button', class: 'link', title: `The card “${id}”`, 'data-name': 'card' },
      `card: ${id.replaceAll('-', ' ')}`,
    );
    open.addEventListener('click', () => store.ask({ type: 'card', card: id }));
    row.append(open);
  }
  for (const { title, url } of references) row.append(h('a', { class: 'link', href: url }, title));
  return row;
}

function changeRow(before: string, after: string): HTMLElement {
  if (before === after)
    return h(
      'div',
      { class: 'card-change' },
      h('span', { class: 'faint' }, 'State '),
      h('span', {}, after),
      h('span', { class: 'faint' }, ' (unchanged)'),
    );
  return h(
    'div',
    { class: 'card-change' },
    h('span', { class: 'faint' }, 'State '),
    h('span', {}, before),
    icon('arrow-right'),
    h('strong', {}, after),
  );
}

const LINK_WORDS = {
  connect: ['accepted at', 'requested at'],
  bytes: ['read at', 'written at'],
  datagram: ['received at', 'sent at'],
  fin: ['seen by the other end at', 'sent at'],
  reset: ['seen by the other end at', 'caused at'],
} as const;

const FATES = { lost: 'lost, which shows at', refused: 'refused, as reported at', dropped: 'thrown away at' } as const;

/** Where it shows what became of a datagram that did not arrive, and how that is known. */
function missedAt(reader: TraceReader, step: number, actions: CardActions): HTMLElement | null {
  const found = reader.undelivered(step);
  if (found === null) return null;
  const { fate, sent, shown, provenance } = found;
  const to = step === shown ? sent : shown;
  if (to === 0 || to === step) return null;
  const go = h(
    'button',
    { type: 'button', class: 'link', 'data-name': 'missed' },
    `${step === shown ? 'sent at' : FATES[fate]} step ${to}`,
  );
  go.addEventListener('click', () => actions.goTo(to));
  return h('div', { class: 'card-links' }, h('span', { class: 'faint' }, 'Datagram '), go, provenanceChip(provenance));
}

/** Buttons to the events at the other end. */
function otherEnd(reader: TraceReader, step: number, actions: CardActions): HTMLElement | null {
  const links = reader.links(step);
  if (links.length === 0) return null;
  const row = h('div', { class: 'card-links' }, h('span', { class: 'faint' }, 'Other end '));
  for (const link of links.slice(0, 4)) {
    const forward = link.from === step;
    const to = forward ? link.to : link.from;
    const range = link.range ? ` (${link.range.end - link.range.start} B)` : '';
    const go = h('button', { type: 'button', class: 'link' }, `${LINK_WORDS[link.kind][forward ? 0 : 1]} step ${to}${range}`);
    go.addEventListener('click', () => actions.goTo(to));
    row.append(go);
  }
  if (links.length > 4) row.append(h('span', { class: 'faint' }, `and ${links.length - 4} more`));
  return row;
}
