import type { Link, TraceReader, Undelivered } from '../../../src/contracts/trace-model';
import { type Explanation, explain } from '../../../src/knowledge/explain';
import { durationWords } from '../../../src/knowledge/plain-words';
import { stuckText } from '../../../src/knowledge/stuck-text';
import { fill, h, icon, setAttributes, setText } from '../../kit/dom';
import { rich } from '../../kit/rich';
import { type Section, Sections } from '../../kit/sections';
import { runEnd } from '../layout/run-end';
import { duration, grouped } from '../layout/ticks';
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

/** The card: what happened at the current step, in words. What is the same at the next step stays as it is. */
export function card(actions: CardActions, hints: Hints): Part {
  const element = h('section', { class: 'card', 'aria-label': 'Current step' });
  const sections = new Sections(element);
  const step = stepContent(actions, hints);
  let shown = '';
  let of: TraceReader | null = null;
  let scrolled = false;
  element.addEventListener(
    'scroll',
    () => {
      scrolled = element.scrollTop > 0;
    },
    { passive: true },
  );
  const keyOf = (store: TimelineStore) => {
    const size = store.step === 0 || store.live ? store.reader!.size : 0;
    return `${store.stuck.key}/${store.over}/${store.filter.socket}/${store.step}/${size}/${store.title}`;
  };
  return {
    element,
    scroll(store) {
      if (scrolled && store.reader && keyOf(store) !== shown) element.scrollTop = 0;
    },
    update(store) {
      const reader = store.reader;
      if (!reader) return;
      const key = keyOf(store);
      if (key === shown) return;
      shown = key;
      // Nothing of another run stays, whatever they have in common.
      if (of !== reader) sections.show([]);
      of = reader;
      sections.show(store.step === 0 ? beginning(reader, store, hints) : step(reader, store));
    },
  };
}

function beginning(reader: TraceReader, store: TimelineStore, hints: Hints): Section[] {
  const programs = reader.processes.map((process) => programName(process.program)).join(' and ');
  const last = reader.size > 0 ? `, in ${duration(reader.time(reader.size))}` : '';
  const text =
    reader.size === 0
      ? 'Nothing has happened yet.'
      : `${programs || 'The run'}: ${reader.size.toLocaleString('en')} steps${last}, ${reader.sockets.length === 1 ? '1 socket' : `${reader.sockets.length.toLocaleString('en')} sockets`}.`;
  const hint = reader.size > 0 && !store.following;
  const notices = [...reader.header.notices, ...reader.processes.flatMap((process) => process.notices)];
  return [
    ['start', () => h('div', { class: 'card-head' }, h('span', { class: 'card-step' }, 'Before anything'))],
    [`start ${text}`, () => h('p', { class: 'card-happened' }, text)],
    [
      `start ${hint}`,
      () =>
        hint ? hints.line('first-step', 'Press ', h('kbd', {}, '→'), ' to see the first thing that happened, or click any mark.') : null,
    ],
    ...notices.map((notice): Section => [`start ${notice}`, () => noticeLine(notice)]),
  ];
}

const noticeLine = (notice: string) => h('p', { class: 'notice' }, icon('info'), h('span', {}, notice));

/** The pieces of the card at a step. Those that differ at every step are kept, and their texts changed. */
function stepContent(actions: CardActions, hints: Hints): (reader: TraceReader, store: TimelineStore) => Section[] {
  const opened: Opened = { how: false, depths: false };
  const number = h('span', { class: 'card-step' });
  const call = h('code', { 'data-name': 'call' });
  const time = h('span', { class: 'faint' });
  const happened = h('p', { class: 'card-happened' });
  return (reader, store) => {
    const { step } = store;
    const event = reader.event(step);
    const process = reader.processes[reader.processIndex(step)];
    const words = explain(reader, event);
    const where = `${process ? programName(process.program) : 'process'} · pid ${event.pid}`;
    const place = event.site ? `${fileText(event.site.file, reader.header.cwd)}:${event.site.line}:${event.site.column}` : '';
    const late = lateWords(reader, step);
    const loop = late.length > 0 ? [] : loopBefore(reader, step);
    const ended = store.over ? (runEnd(reader, store.live, store.stopped)?.text ?? '') : '';
    const links = reader.links(step);
    const missed = reader.undelivered(step);
    const stuck = stuckWords(reader, store, event.socket);
    const { before, after } = words;
    setText(number, `Step ${grouped(step)}`);
    setText(call, callLine(event));
    setAttributes(call, { class: `card-call${words.cause ? ' failed' : ''}` });
    setText(time, duration(event.t));
    setAttributes(time, { title: `${grouped(event.t)} ns since the run began` });
    setText(happened, words.happened);
    return [
      [
        `over ${ended}`,
        () =>
          store.over
            ? (hints.line(
                'run-over',
                `${ended} Press `,
                h('kbd', {}, 'Home'),
                ', then ',
                h('kbd', {}, '→'),
                ' to go through it step by step.',
              ) ?? noticeLine(ended))
            : null,
      ],
      [
        `head ${where}/${event.socket}/${store.filter.socket}`,
        () =>
          h(
            'div',
            { class: 'card-head' },
            number,
            h('span', { class: 'card-where' }, where),
            onlySocket(event.socket, store, actions),
            copyLink(store),
          ),
      ],
      ['call', () => call],
      [
        `facts ${event.provenance}/${event.api}/${event.site?.file}/${place}/${event.site?.cause}`,
        () => {
          const site = event.site && siteLink(event.site.file, place, actions);
          return h(
            'div',
            { class: 'card-facts' },
            provenanceChip(event.provenance),
            event.api ? h('span', { class: 'card-api', title: 'The Node API behind it' }, event.api) : null,
            site && event.site?.cause ? h('span', {}, h('span', { class: 'faint' }, 'caused by '), site) : site,
            time,
          );
        },
      ],
      ['happened', () => happened],
      [
        `means ${words.means}/${event.args?.contradicts ?? ''}`,
        () =>
          words.means && event.args?.contradicts
            ? h('p', { class: 'card-contradicts' }, icon('warning'), h('span', {}, words.means))
            : words.means
              ? h('p', { class: 'card-means' }, words.means)
              : null,
      ],
      [`late ${late.join(' ')}`, () => loopNote(late)],
      [
        `matters ${words.matters}`,
        () => (words.matters ? h('p', { class: 'card-matters' }, h('strong', {}, 'Why it matters: '), ...rich(words.matters)) : null),
      ],
      [`error ${words.cause}/${words.ask}/${words.fix}/${words.note}`, () => errorRow(words)],
      [`change ${before}/${after}`, () => (before !== null && after !== null ? changeRow(before, after) : null)],
      [`changes ${JSON.stringify(words.changes)}`, () => changesRow(words.changes)],
      [
        links.length > 0 ? `links ${step}/${links.length}/${JSON.stringify(links.slice(0, SHOWN_LINKS))}` : '',
        () => otherEnd(links, step, actions),
      ],
      [`missed ${step}/${JSON.stringify(missed)}`, () => missedAt(missed, step, actions)],
      [`loop ${loop.join(' ')}`, () => loopNote(loop)],
      [`stuck ${stuck}`, () => stuckLine(stuck, actions)],
      // Worked out only when it is unfolded.
      [
        `depths ${reader.socketIndex(step) >= 0}/${opened.depths ? `${step}/${reader.size}` : ''}`,
        () => unfold(reader, store, actions, opened),
      ],
      [`more ${words.card}/${words.references.map(({ url }) => url).join(' ')}`, () => readMore(words, store)],
      [`how ${words.how}/${process?.notices.join(' ')}`, () => howRow(words.how, process?.notices ?? [], opened)],
    ];
  };
}

function siteLink(file: string, name: string, actions: CardActions): HTMLElement {
  const place = h(
    'button',
    { type: 'button', class: 'link', title: `${file}\nShow the line in the editor (E)`, 'data-name': 'site' },
    name,
  );
  place.addEventListener('click', () => actions.showSource());
  return place;
}

function errorRow(words: Explanation): HTMLElement | null {
  if (!words.cause) return null;
  return h(
    'div',
    { class: 'card-error', role: 'note' },
    h('p', {}, h('strong', {}, 'Cause: '), ...rich(words.cause)),
    words.ask ? h('p', {}, h('strong', {}, 'Ask first: '), ...rich(words.ask)) : null,
    words.fix ? h('p', {}, h('strong', {}, 'Fix: '), ...rich(words.fix)) : null,
    words.note ? h('p', { class: 'card-means' }, ...rich(words.note)) : null,
  );
}

function howRow(how: string, notices: readonly string[], opened: Opened): HTMLElement {
  const details = h(
    'details',
    { class: 'card-how', 'data-name': 'how' },
    h('summary', {}, 'How do we know?'),
    h('p', {}, how),
    ...notices.map(noticeLine),
  );
  details.open = opened.how;
  details.addEventListener('toggle', () => {
    opened.how = details.open;
  });
  return details;
}

/** Of an open socket that does not get any further: why, in a line; '' when there is nothing to say. */
function stuckWords(reader: TraceReader, store: TimelineStore, socket: string | null): string {
  const finding = store.stuck.of(socket);
  if (!finding || finding.follows || store.step > store.stuck.step) return '';
  const { title } = stuckText(reader, finding, store.live);
  const time = `${store.live ? 'at least ' : ''}${durationWords(finding.lasted)}`;
  return store.live ? `Stuck for ${time}: ${title}. ` : `Stuck at the end of the run, for ${time}: ${title}. `;
}

function stuckLine(words: string, actions: CardActions): HTMLElement | null {
  if (words === '') return null;
  const why = h('button', { type: 'button', class: 'link', 'data-name': 'why' }, 'Why?');
  why.addEventListener('click', () => actions.stuck());
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
function unfold(reader: TraceReader, store: TimelineStore, actions: CardActions, opened: Opened): HTMLElement | null {
  if (reader.socketIndex(store.step) < 0) return null;
  const body = h('div');
  const details = h('details', { class: 'card-how', 'data-name': 'depths' }, h('summary', {}, 'Node call, system call, segment'), body);
  const show = () => {
    if (details.open === opened.depths && body.childElementCount > 0) return;
    opened.depths = details.open;
    if (!details.open) return;
    const lines = depths(reader, store.step, (to) => actions.goTo(to));
    fill(body, lines ?? h('p', { class: 'card-means' }, 'This step has only one depth.'));
  };
  details.open = opened.depths;
  if (details.open) show();
  details.addEventListener('toggle', show);
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

/** So many events at the other end have a button. */
const SHOWN_LINKS = 4;

const LINK_WORDS = {
  connect: ['accepted at', 'requested at'],
  bytes: ['read at', 'written at'],
  datagram: ['received at', 'sent at'],
  fin: ['seen by the other end at', 'sent at'],
  reset: ['seen by the other end at', 'caused at'],
} as const;

const FATES = { lost: 'lost, which shows at', refused: 'refused, as reported at', dropped: 'thrown away at' } as const;

/** Where it shows what became of a datagram that did not arrive, and how that is known. */
function missedAt(found: Undelivered | null, step: number, actions: CardActions): HTMLElement | null {
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
function otherEnd(links: readonly Link[], step: number, actions: CardActions): HTMLElement | null {
  if (links.length === 0) return null;
  const row = h('div', { class: 'card-links' }, h('span', { class: 'faint' }, 'Other end '));
  for (const link of links.slice(0, SHOWN_LINKS)) {
    const forward = link.from === step;
    const to = forward ? link.to : link.from;
    const range = link.range ? ` (${link.range.end - link.range.start} B)` : '';
    const go = h('button', { type: 'button', class: 'link' }, `${LINK_WORDS[link.kind][forward ? 0 : 1]} step ${to}${range}`);
    go.addEventListener('click', () => actions.goTo(to));
    row.append(go);
  }
  if (links.length > SHOWN_LINKS) row.append(h('span', { class: 'faint' }, `and ${links.length - SHOWN_LINKS} more`));
  return row;
}
