import type { StuckFinding } from '../../../src/contracts/stuck';
import type { TraceReader } from '../../../src/contracts/trace-model';
import { stuckText } from '../../../src/knowledge/stuck-text';
import { button } from '../../kit/controls';
import { fill, h, icon } from '../../kit/dom';
import { rich } from '../../kit/rich';
import type { TimelineStore } from '../store/store';
import { fileText } from './call-line';
import type { Part } from './part';

/** The answer to "Why is it stuck?", over the page. Of a live run it goes on counting. */
export function stuckDialog(store: TimelineStore): Part & { open(): void } {
  const close = button({ label: 'Close', icon: 'close', name: 'stuck-close', press: () => element.close() });
  const body = h('div', { class: 'stuck-body' });
  const element = h(
    'dialog',
    { class: 'help stuck', 'aria-labelledby': 'stuck-title' },
    h('div', { class: 'help-head' }, h('h2', { id: 'stuck-title' }, 'Why is it stuck?'), close.element),
    body,
  );
  element.addEventListener('click', (event) => {
    if (event.target === element) element.close();
  });
  const visit = (step: number, editor: boolean) => {
    element.close();
    store.visit(step, editor);
  };
  let shown = '';
  const paint = () => {
    const reader = store.reader;
    if (!reader || !element.open) return;
    const { findings } = store.stuck;
    const key = JSON.stringify([
      store.live,
      store.title,
      findings.map((one) => [one.pattern, one.socket, one.pid, Math.floor(one.lasted / 1e9)]),
    ]);
    if (key === shown) return;
    shown = key;
    fill(body, ...content(reader, store, findings, visit));
  };
  return {
    element,
    update: paint,
    open() {
      store.lookForStuck(true);
      shown = '';
      if (!element.open) element.showModal();
      paint();
      element.scrollTop = 0;
    },
  };
}

function content(
  reader: TraceReader,
  store: TimelineStore,
  findings: readonly StuckFinding[],
  visit: (step: number, editor: boolean) => void,
): HTMLElement[] {
  if (findings.length === 0)
    return [
      h(
        'p',
        { class: 'stuck-none' },
        icon('pass'),
        store.live
          ? ' Nothing has been stuck for a second or longer: no socket waits for a call that is missing.'
          : ' Nothing was stuck when the run ended: no socket waited for a call that is missing.',
      ),
    ];
  const when = store.live ? 'While it runs, as of now:' : 'At the end of the run:';
  return [
    h(
      'p',
      { class: 'faint' },
      `${when} ${findings.length === 1 ? 'one thing' : `${findings.length} things`} wait${findings.length === 1 ? 's' : ''}. Causes come first.`,
    ),
    h('ol', { class: 'stuck-list' }, ...findings.map((finding) => h('li', {}, one(reader, store, finding, visit)))),
  ];
}

function one(
  reader: TraceReader,
  store: TimelineStore,
  finding: StuckFinding,
  visit: (step: number, editor: boolean) => void,
): HTMLElement {
  const text = stuckText(reader, finding, store.live);
  const tag = finding.follows ? 'follows from one above' : finding.certain ? '' : 'it may be meant so';
  const since = link(`since step ${finding.since.toLocaleString('en')}`, 'Go to the step', () => visit(finding.since, false));
  const { site } = finding;
  const place = site
    ? link(`${fileText(site.file, reader.header.cwd)}:${site.line}`, `${site.file}\nGo to the step and show its line`, () =>
        visit(stepOfSite(reader, finding), true),
      )
    : null;
  const card = link('Read more', `The card “${text.card}”`, () => store.ask({ type: 'card', card: text.card }));
  return h(
    'article',
    { class: `stuck-one${finding.follows ? ' follows' : ''}`, 'data-pattern': finding.pattern },
    h('h3', {}, text.title, tag ? h('span', { class: 'stuck-tag' }, tag) : null),
    h('p', {}, ...rich(text.is)),
    text.look ? h('p', {}, ...rich(text.look)) : null,
    text.missing ? h('p', {}, h('strong', {}, 'Missing: '), ...rich(text.missing)) : null,
    text.peer ? h('p', {}, h('strong', {}, 'Other end: '), ...rich(text.peer)) : null,
    h('p', {}, h('strong', {}, 'Ask: '), ...rich(text.ask)),
    h('p', {}, h('strong', {}, 'Fix: '), ...rich(text.fix)),
    h(
      'p',
      { class: 'stuck-links' },
      place ? h('span', {}, h('span', { class: 'faint' }, finding.siteIs === 'made' ? 'made at ' : 'called at '), place) : null,
      since,
      card,
      h('a', { href: text.reference.url, class: 'link' }, text.reference.title),
    ),
  );
}

/** The first step at the line of a finding. */
function stepOfSite(reader: TraceReader, finding: StuckFinding): number {
  const socket = reader.sockets.find((one) => one.id === finding.socket);
  const own = finding.siteIs === 'made' ? (socket?.birth ?? finding.since) : finding.since;
  const id = reader.siteId(own);
  const { site } = finding;
  if (id >= 0 && site && reader.site(id).line === site.line && reader.site(id).file === site.file) return own;
  const seqs = socket ? reader.eventsOfSocket(reader.sockets.indexOf(socket)) : [];
  for (const seq of seqs) {
    const at = reader.siteId(seq);
    if (at >= 0 && site && reader.site(at).line === site.line && reader.site(at).file === site.file) return seq;
  }
  // The line of an accepted socket is its listener's: the accept itself.
  for (let seq = own; seq > 0 && seq > own - 8; seq--) {
    const at = reader.siteId(seq);
    if (at >= 0 && site && reader.site(at).line === site.line) return seq;
  }
  return finding.since;
}

function link(text: string, title: string, press: () => void): HTMLElement {
  const element = h('button', { type: 'button', class: 'link', title }, text);
  element.addEventListener('click', press);
  return element;
}
