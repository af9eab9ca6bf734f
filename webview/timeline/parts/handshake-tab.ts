import type { TraceReader } from '../../../src/contracts/trace-model';
import { type Segment, segmentsOf } from '../../../src/trace/segments';
import { fill, h } from '../../kit/dom';
import { type Connection, connectionAt } from '../layout/connection';
import type { TimelineStore } from '../store/store';
import { endName, ladderView } from './ladder';
import type { Part } from './part';
import { provenanceChip } from './provenance';
import { stateMap } from './state-map';

/** Why the numbers are not those of the wire. */
const MODEL =
  'Nobody captured packets: these segments follow from the calls and states of both ends. Numbers count from 0 in each direction; how bytes were cut into segments, and the real numbers, are not known.';

/** While a run grows, a ladder of more segments than this is worked out at most so often, ms. */
const MANY = 2000;
const OFTEN = 500;

/** Handshake, data and end of the connection that the step is about: as a ladder, or as a path over the TCP state diagram. */
export function handshakeTab(actions: { goTo(step: number): void }): Part {
  const element = h('div', {
    class: 'tab-body handshake',
    role: 'group',
    tabindex: 0,
    'aria-label': 'Handshake and end of the connection',
  });
  let view: 'ladder' | 'map' = 'ladder';
  let shown = '';
  let store: TimelineStore | null = null;
  let cache: { reader: TraceReader; size: number; left: number; right: number; at: number; segments: Segment[] } | null = null;

  const segments = (reader: TraceReader, { left, right }: Connection): Segment[] => {
    const same = cache?.reader === reader && cache.left === left && cache.right === right;
    if (!cache || !same || (cache.size !== reader.size && (cache.segments.length < MANY || performance.now() - cache.at > OFTEN)))
      cache = { reader, size: reader.size, left, right, at: performance.now(), segments: segmentsOf(reader, left, right) };
    return cache.segments;
  };
  const choice = (id: 'ladder' | 'map', text: string) => {
    const button = h('button', { type: 'button', class: 'choice', 'aria-pressed': String(view === id), 'data-view': id }, text);
    button.addEventListener('click', () => {
      view = id;
      shown = '';
      draw();
      element.querySelector<HTMLElement>(`[data-view="${id}"]`)?.focus();
    });
    return button;
  };
  const choices = () =>
    h('div', { class: 'directions', role: 'group', 'aria-label': 'View' }, choice('ladder', 'Segments'), choice('map', 'State diagram'));

  const draw = () => {
    const reader = store?.reader;
    if (!store || !reader || store.shownTab !== 'handshake') return;
    const key = `${store.step}/${reader.size}/${store.title}`;
    if (key === shown) return;
    shown = key;
    const connection = connectionAt(reader, store.step);
    const tcp = connection?.protocol === 'tcp' || connection?.protocol === 'tcp6';
    const own = reader.socketIndex(Math.max(1, store.step));
    const listens =
      store.step > 0 && own >= 0 && reader.sockets[own]!.role === 'listener' && reader.sockets[own]!.protocol.startsWith('tcp');
    if (!tcp && !(listens && view === 'map')) {
      fill(element, h('p', { class: 'faint' }, whyNone(connection)));
      return;
    }
    if (view === 'map') {
      const socket = listens ? own : connection!.own;
      fill(element, choices(), stateMap(reader, socket, listens ? -1 : connection!.peer, store.step));
      return;
    }
    const list = segments(reader, connection!);
    const names = {
      left: endName(reader, connection!.left, 'outside this trace'),
      right: endName(
        reader,
        connection!.right,
        connection!.left >= 0 && list.some((one) => one.flags.includes('SYN') && one.from === 'right') ? 'outside this trace' : 'nobody',
      ),
    };
    fill(
      element,
      choices(),
      h('p', { class: 'model-note' }, provenanceChip('model'), h('span', { class: 'faint' }, MODEL)),
      ...(list.length ? ladderView(list, names, store.step, actions.goTo) : [h('p', { class: 'faint' }, 'No segment yet in this trace.')]),
    );
    const row = element.querySelector<HTMLElement>('.rung.now');
    if (!row) return;
    // Not offsetTop: that counts from whichever box around it is positioned.
    const top = row.getBoundingClientRect().top - element.getBoundingClientRect().top;
    if (top < 0 || top + row.offsetHeight > element.clientHeight) element.scrollTop += top - (element.clientHeight - row.offsetHeight) / 2;
  };
  return {
    element,
    update(current) {
      store = current;
      draw();
    },
  };
}

function whyNone(connection: Connection | null): string {
  if (!connection) return 'No connection in this trace.';
  if (connection.protocol === 'unix')
    return 'A Unix-domain connection has no handshake and no segments: both ends are on this machine, and the kernel joins them in one call.';
  return 'UDP has no handshake, no states of its own and no end: each datagram stands alone. The Bytes tab shows what became of them.';
}
