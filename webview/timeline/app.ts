import { tabs } from '../kit/controls';
import { h, setText } from '../kit/dom';
import { type KeyAction, listenToKeys } from '../kit/keys';
import { watchTheme } from '../kit/theme';
import { Painter } from './painter';
import { border } from './parts/border';
import { bytesTab } from './parts/bytes-tab';
import { callLine } from './parts/call-line';
import { card } from './parts/card';
import { compareTab } from './parts/compare-tab';
import { emptyState } from './parts/empty';
import { filterBar, nextDepth } from './parts/filter-bar';
import { handshakeTab } from './parts/handshake-tab';
import { helpDialog } from './parts/help';
import type { Hints } from './parts/hints';
import { minimapView } from './parts/minimap-view';
import { plot } from './parts/plot';
import { legend } from './parts/provenance';
import { queuesTab } from './parts/queues-tab';
import { socketsTable } from './parts/sockets-table';
import { stuckDialog } from './parts/stuck-dialog';
import { toolbar } from './parts/toolbar';
import { besideText, transcript } from './parts/transcript';
import type { OtherRun } from './store/other-run';
import type { TimelineStore } from './store/store';

/** Milliseconds between two steps while playing. */
const PLAY = 700;
/** The view state is sent when nothing has changed for this long. */
const KEEP = 300;
/** Milliseconds between two pieces of work that has time. */
const REST = 24;
/** It waits until nothing was painted for this long, while somebody steps, but not for ever. */
const QUIET = 200;
const PATIENCE = 3000;

/** What the page needs besides the store. */
export interface AppDeps {
  copy(text: string): void;
  hints: Hints;
  /** The run that this one is compared with. */
  other: OtherRun;
  /** Shows a step of that run. */
  showOther(step: number): void;
}

/** Builds the page in `root` and keeps it in step with the store. */
export function startApp(root: HTMLElement, store: TimelineStore, { copy, hints, other, showOther }: AppDeps): void {
  const help = helpDialog();
  const stuck = stuckDialog(store);
  const act = (action: KeyAction) => {
    switch (action) {
      case 'zoomIn':
        return store.zoom(1.4);
      case 'zoomOut':
        return store.zoom(1 / 1.4);
      case 'panLeft':
        return store.pan(-store.width / 4, 0);
      case 'panRight':
        return store.pan(store.width / 4, 0);
      case 'axis':
        return store.setAxis(store.axis.kind === 'steps' ? 'time' : 'steps');
      case 'source':
        return store.showSource();
      case 'help':
        return help.toggle();
      case 'stuck':
        return stuck.open();
      case 'filter':
        return filters.toggle();
      case 'depth':
        return store.set({ depth: nextDepth(store.depth) });
      default:
        return store.move(action);
    }
  };
  const filters = filterBar(store);
  const bar = toolbar(store, act);
  const lanes = plot(store);
  const map = minimapView(store);
  const empty = emptyState(store);
  const current = card(
    {
      showSource: () => store.showSource(),
      goTo: (step) => store.visit(step),
      only: (socket) => store.setFilter({ ...store.filter, socket }),
      stuck: () => stuck.open(),
    },
    hints,
  );
  const table = socketsTable({
    choose(index) {
      const info = store.reader?.sockets[index];
      if (info) store.visit(info.birth);
    },
  });
  const words = transcript({
    goTo: (step) => store.visit(step, true),
    copy,
    move(by) {
      if (Math.abs(by) === 1) store.move(by > 0 ? 'next' : 'previous');
      else store.visit(Math.max(1, Math.min(store.reader?.size ?? 0, store.step + by)));
    },
  });
  const goTo = (step: number) => store.visit(step);
  const bytes = bytesTab({ goTo });
  const handshake = handshakeTab({ goTo });
  const queues = queuesTab({ goTo });
  const compare = compareTab(other, { goTo, showOther, choose: () => store.command('compare') });
  const stepTab = h('div', { class: 'tab-body tab-fill' });
  const tabPanel = tabs({
    label: 'Details',
    tabs: [
      { id: 'step', title: 'Step', content: stepTab },
      { id: 'sockets', title: 'Sockets', content: table.element },
      { id: 'transcript', title: 'Transcript', content: words.element },
      { id: 'bytes', title: 'Bytes', content: bytes.element },
      { id: 'handshake', title: 'Handshake', content: handshake.element },
      { id: 'queues', title: 'Queues', content: queues.element },
      { id: 'compare', title: 'Compare', content: compare.element },
    ],
    change: (id) => store.set({ tab: id }),
  });
  // After a click on a tab the arrow keys are for stepping again; who reached it by keyboard stays on it.
  tabPanel.element.addEventListener('click', (event) => {
    if (event.detail > 0 && (event.target as Element).closest('vscode-panel-tab')) lanes.element.focus({ preventScroll: true });
  });
  const problem = h('div', { class: 'problem', role: 'alert', hidden: true });
  const spoken = h('div', { class: 'spoken', role: 'status', 'aria-live': 'polite' });
  const signs = legend();
  const picture = h('div', { class: 'picture' }, lanes.element, signs.element);
  const side = h('div', { class: 'side' }, current.element, tabPanel.element);
  const main = h('main', { class: 'main' }, picture, side);
  const edge = border(store, root, main, picture, lanes.element);
  picture.after(edge.element);
  const title = h('h1', { class: 'spoken' }, 'Socketscope timeline');
  root.replaceChildren(
    h('header', { class: 'head' }, title, bar.element, filters.element),
    problem,
    main,
    map.element,
    empty.element,
    help.element,
    stuck.element,
    spoken,
  );
  root.classList.add('app');

  // The canvases first: to set a font there makes the browser work out the styles of what was written before.
  const parts = [lanes, map, bar, filters, edge, signs, current, table, words, bytes, handshake, queues, compare, empty, stuck];
  let shownTab = '';
  const update = () => {
    const there = (store.reader?.size ?? 0) > 0;
    root.classList.toggle('is-empty', !there);
    if (store.compact !== (current.element.parentElement === stepTab) || shownTab === '') {
      if (store.compact) stepTab.append(current.element);
      else side.prepend(current.element);
      tabPanel.offer('step', store.compact);
    }
    if (shownTab !== store.shownTab) {
      shownTab = store.shownTab;
      tabPanel.select(shownTab);
    }
    for (const part of parts) part.scroll?.(store);
    for (const part of parts) part.update(store);
    const notice = there ? store.problem || store.inputProblem || '' : '';
    root.classList.toggle('filters-open', !filters.element.hidden);
    setText(problem, notice);
    problem.hidden = notice === '';
    speak();
  };
  let said = -1;
  const speak = () => {
    const reader = store.reader;
    if (!reader || said === store.step || store.playing || store.following) return;
    said = store.step;
    setText(
      spoken,
      store.step === 0
        ? 'Before anything'
        : `Step ${store.step} of ${reader.size}: ${callLine(reader.event(store.step))}${besideText(reader, store.step)}`,
    );
  };

  let keep = 0;
  const keepNow = () => {
    clearTimeout(keep);
    keep = 0;
    store.keepState();
  };
  let playTimer = 0;
  const painter = new Painter(store, update);
  const playOn = () => {
    playTimer = 0;
    store.playOn();
    if (store.playing && !playTimer) playTimer = window.setTimeout(playOn, PLAY / store.speed);
  };
  store.subscribe(() => {
    painter.soon();
    if (store.takeDirty()) {
      clearTimeout(keep);
      keep = window.setTimeout(keepNow, KEEP);
      if (document.hidden) keepNow();
    }
    const playing = store.playing && !document.hidden;
    if (playing && !playTimer) playTimer = window.setTimeout(playOn, PLAY / store.speed);
    if (!playing && playTimer) {
      clearTimeout(playTimer);
      playTimer = 0;
    }
  });
  store.onMove = () => bar.focusFind();
  listenToKeys((action) => {
    if ((help.element.open && action !== 'help') || stuck.element.hasAttribute('open')) return;
    act(action);
  });
  // A look when the page has time; of a live run once a second. While nobody sees the page it does nothing at all.
  let looks = 0;
  let rest = 0;
  let since = 0;
  const look = () => {
    clearTimeout(rest);
    const now = performance.now();
    since ||= now;
    if (!store.live && now - painter.painted < QUIET && now - since < PATIENCE) {
      rest = window.setTimeout(look, QUIET);
      return;
    }
    rest = store.lookForStuck() ? window.setTimeout(look, REST) : 0;
    if (rest === 0) since = 0;
  };
  const seen = () => {
    // What was still to be kept is kept before the silence.
    if (document.hidden && keep) keepNow();
    clearInterval(looks);
    clearTimeout(rest);
    looks = document.hidden ? 0 : window.setInterval(look, 1000);
    store.hide(document.hidden);
  };
  document.addEventListener('visibilitychange', seen);
  seen();
  watchTheme(() => {
    lanes.retheme();
    map.retheme();
  });
  update();
}
