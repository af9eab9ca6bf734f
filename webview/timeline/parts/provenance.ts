import { PROVENANCES, type Provenance } from '../../../src/contracts/trace';
import type { TraceReader } from '../../../src/contracts/trace-model';
import { howWeKnow } from '../../../src/knowledge/explain';
import { h } from '../../kit/dom';
import type { Part } from './part';

/** The sign alone, as on the canvas; its name is read out. */
export function provenanceSign(provenance: Provenance): HTMLElement {
  return h('span', { class: `sign sign-${provenance}`, role: 'img', 'aria-label': provenance });
}

/** A labelled chip that says where a fact comes from. */
export function provenanceChip(provenance: Provenance): HTMLElement {
  const sign = provenanceSign(provenance);
  sign.setAttribute('aria-hidden', 'true');
  return h('span', { class: `chip chip-${provenance}`, title: howWeKnow(provenance) }, sign, provenance);
}

/** What the lane of an event loop shows. */
export const LOOP_LANE =
  'The lane of the event loop. Filled: busy, it did not wait for events. Empty: it waited for events. Hatched: both, and when is not known; the higher, the longer it was busy. Nothing: not known';

/** How arrows end. */
export const ARROW_ENDS =
  'An arrow with a head: the datagram was received. A cross: it was lost (derived) or a fault threw it away (injected). A bar: it was refused, and the dashed line is the answer. No arrow: not known whether it arrived';

/** What the signs mean, in one line; where a trace has datagrams or event loops, also what is shown of these. */
export function legend(): Part {
  const items = PROVENANCES.map((provenance) => {
    const sign = provenanceSign(provenance);
    sign.setAttribute('aria-hidden', 'true');
    return h('span', { class: 'legend-item', title: howWeKnow(provenance) }, sign, provenance);
  });
  const ends = h(
    'span',
    { class: 'legend-item', title: ARROW_ENDS, hidden: true, 'data-name': 'arrow-ends' },
    'datagram',
    ...(['lost', 'refused'] as const).flatMap((end) => [h('span', { class: `arrow-end arrow-${end}` }), end]),
  );
  // One piece: where it does not fit it is not there at all.
  const loops = h(
    'span',
    { class: 'legend-item', title: LOOP_LANE, hidden: true, 'data-name': 'loop-signs' },
    'event loop',
    ...(['busy', 'waiting', 'both'] as const).flatMap((kind) => [h('span', { class: `swatch swatch-${kind}` }), kind]),
  );
  // Looked at in every frame: each socket once.
  let looked = { reader: null as TraceReader | null, at: 0, found: false };
  return {
    element: h('div', { class: 'legend', role: 'group', 'aria-label': 'Where facts come from' }, ...items, ends, loops),
    update({ reader, loops: shown }) {
      if (looked.reader !== reader) looked = { reader, at: 0, found: false };
      for (const sockets = reader?.sockets ?? []; !looked.found && looked.at < sockets.length; looked.at++)
        looked.found = sockets[looked.at]!.protocol.startsWith('udp');
      ends.hidden = !looked.found;
      loops.hidden = !shown || !reader || reader.loops.length === 0;
    },
  };
}
