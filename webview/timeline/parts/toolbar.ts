import type { StepMove } from '../../../src/contracts/timeline-api';
import { button, dropdown, textField } from '../../kit/controls';
import { h, setAttributes, setText } from '../../kit/dom';
import { type KeyAction, keyOf } from '../../kit/keys';
import { grouped } from '../layout/ticks';
import { ERRORS } from '../store/filter';
import type { TimelineStore } from '../store/store';
import type { Part } from './part';

/** Beyond this a list of sockets is no help; the find field is. */
const MOST_SOCKETS = 300;

/** The row of controls. `act` does what the key of the same action does. */
export function toolbar(store: TimelineStore, act: (action: KeyAction) => void): Part & { focusFind(): void } {
  const step = (move: StepMove, icon: string, label: string) =>
    button({ label, icon, key: keyOf(move), name: move, press: () => act(move) });
  const first = step('first', 'chevron-left edge-left', 'First step');
  const previous = step('previous', 'chevron-left', 'Previous step');
  const play = step('play', 'play', 'Play');
  const next = step('next', 'chevron-right', 'Next step');
  const last = step('last', 'chevron-right edge-right', 'Last step');
  const state = step('nextState', 'arrow-swap', 'Next change of state');
  const failure = step('nextError', 'error', 'Next failure');
  const bookmark = step('bookmark', 'bookmark', 'Set a bookmark');
  const filters = button({
    label: 'Filters and stepping',
    icon: 'filter',
    key: keyOf('filter'),
    name: 'filters',
    press: () => act('filter'),
  });
  const count = h('span', { class: 'count', 'data-name': 'count' });
  const steps = button({
    label: 'Steps: every step has the same width',
    text: 'Steps',
    key: keyOf('axis'),
    name: 'axis-steps',
    press: () => store.setAxis('steps'),
  });
  const time = button({
    label: 'Time: width is time; long stretches without a step are folded',
    text: 'Time',
    key: keyOf('axis'),
    name: 'axis-time',
    press: () => store.setAxis('time'),
  });
  const fit = button({ label: 'Fit the whole run', icon: 'screen-full', key: keyOf('fit'), name: 'fit', press: () => act('fit') });
  const zoomOut = button({ label: 'Zoom out', icon: 'zoom-out', key: keyOf('zoomOut'), name: 'zoom-out', press: () => act('zoomOut') });
  const zoomIn = button({ label: 'Zoom in', icon: 'zoom-in', key: keyOf('zoomIn'), name: 'zoom-in', press: () => act('zoomIn') });
  const socket = dropdown({
    label: 'Show one socket and its peer',
    name: 'filter-socket',
    change: (value) => store.setFilter({ ...store.filter, socket: value }),
  });
  const call = dropdown({
    label: 'Step through one kind of call',
    name: 'filter-call',
    change: (value) => store.setFilter({ ...store.filter, call: value }),
  });
  const found = h('span', { class: 'found faint', role: 'status' });
  const search = (advance: 'next' | 'previous' | null) => {
    const ok = store.find(find.value(), advance);
    setText(found, ok ? '' : 'nothing found');
  };
  const find = textField({
    label: 'Find a call, socket, address, error or file. Enter: next, Shift+Enter: previous',
    placeholder: 'Find',
    name: 'find',
    icon: 'search',
    input: () => search(null),
    enter: (shift) => search(shift ? 'previous' : 'next'),
    escape: () => {
      find.set('');
      search(null);
      find.element.blur();
    },
  });
  const live = button({
    label: 'Live: the program is running. Follow it',
    icon: 'circle-filled',
    text: 'Live',
    name: 'live',
    press: () => act('last'),
  });
  const stop = button({ label: 'Stop the program', icon: 'debug-stop', name: 'stop', press: () => store.command('stop') });
  const again = button({ label: 'Run again', icon: 'debug-restart', name: 'run-again', press: () => store.command('runAgain') });
  const save = button({ label: 'Save the trace', icon: 'save', name: 'save', press: () => store.command('save') });
  const page = button({
    label: 'Export as an HTML page that opens in any browser',
    icon: 'export',
    name: 'export-html',
    press: () => store.command('exportHtml'),
  });
  const compare = button({
    label: 'Compare with another run of this program',
    icon: 'diff',
    name: 'compare',
    press: () => store.command('compare'),
  });
  const help = button({ label: 'All keys', icon: 'question', key: keyOf('help'), name: 'help', press: () => act('help') });

  const stuck = button({
    label: 'Stuck? What the programs wait for',
    icon: 'watch',
    text: 'Stuck?',
    key: keyOf('stuck'),
    name: 'stuck',
    press: () => act('stuck'),
  });
  const group = (name: string, label: string, ...items: HTMLElement[]) =>
    h('div', { class: `group group-${name}`, role: 'group', 'aria-label': label }, ...items);
  const element = h(
    'div',
    { class: 'toolbar', role: 'toolbar', 'aria-label': 'Timeline' },
    group(
      'step',
      'Step',
      first.element,
      previous.element,
      play.element,
      next.element,
      last.element,
      count,
      state.element,
      failure.element,
      bookmark.element,
    ),
    group('axis', 'Axis', steps.element, time.element),
    group('zoom', 'Zoom', zoomOut.element, zoomIn.element, fit.element),
    group('filter', 'Filter', socket.element, call.element, find.element, found, filters.element),
    group(
      'run',
      'Run',
      stuck.element,
      live.element,
      stop.element,
      again.element,
      save.element,
      page.element,
      compare.element,
      help.element,
    ),
  );

  let listed = '';
  let counted = 0;
  let follows = true;
  return {
    element,
    focusFind: () => find.focus(),
    update() {
      const reader = store.reader;
      const size = reader?.size ?? 0;
      const there = size > 0;
      first.enable(there && store.step > 0);
      previous.enable(there && store.step > 0);
      next.enable(there && store.step < size);
      last.enable(there && (store.step < size || (store.live && !store.following)));
      play.enable(there);
      state.enable(there);
      failure.enable(store.index.failures.length > 0);
      bookmark.enable(store.step > 0);
      const marked = store.bookmarks.has(store.step);
      bookmark.look('bookmark', marked ? 'Remove the bookmark' : 'Set a bookmark');
      bookmark.pressed(marked);
      filters.pressed(store.filtersOpen);
      play.look(store.playing ? 'debug-pause' : 'play', store.playing ? 'Pause' : 'Play');
      for (const control of [fit, zoomIn, zoomOut, steps, time]) control.enable(there);
      steps.pressed(store.axis.kind === 'steps');
      time.pressed(store.axis.kind === 'time');
      // A live run is never read to its end: its share says nothing.
      const loading = store.progress < 1 && !store.live ? `, reading ${Math.floor(store.progress * 100)} %` : '';
      const fewer = store.live && store.batchesPerPicture > 1 ? `, showing 1 of ${store.batchesPerPicture} updates` : '';
      const all = grouped(size);
      setText(count, there ? `step ${grouped(store.step)} of ${all}${loading}${fewer}` : '');
      // As wide as at the last step: else the row of controls would break at some step, and the picture jump.
      setAttributes(count, { 'data-longest': `step ${all} of ${all}` });
      stuck.element.hidden = !there;
      const waiting = store.stuck.findings.filter((one) => one.certain && !one.follows).length;
      if (waiting !== counted) {
        counted = waiting;
        stuck.element.classList.toggle('is-stuck', waiting > 0);
        stuck.caption(waiting > 0 ? `Stuck: ${waiting}` : 'Stuck?');
      }
      live.element.hidden = !store.live;
      live.element.classList.toggle('following', store.following);
      live.pressed(store.following);
      if (store.following !== follows) {
        follows = store.following;
        live.caption(follows ? 'Live' : 'Follow');
      }
      stop.element.hidden = !store.live;
      again.element.hidden = store.live || !store.canRun || !there;
      save.element.hidden = !there;
      page.element.hidden = !there || store.live;
      if (reader) {
        const failures = store.index.failures.length;
        const key = `${store.title}/${reader.sockets.length}/${store.index.calls.size}/${failures > 0}`;
        if (key !== listed) {
          listed = key;
          socket.choices([
            { value: '', text: 'All sockets' },
            ...reader.sockets.slice(0, MOST_SOCKETS).map((info) => ({ value: info.id, text: `${info.id} ${info.role}` })),
          ]);
          call.choices([
            { value: '', text: 'All calls' },
            ...(failures ? [{ value: ERRORS, text: 'Failures' }] : []),
            ...[...store.index.calls.keys()].sort().map((name) => ({ value: name, text: name })),
          ]);
        }
        socket.set(store.filter.socket);
        call.set(store.filter.call);
      }
    },
  };
}
