import { PROVENANCES, type Provenance } from '../../../src/contracts/trace';
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

/** What the signs mean, in one line; where a trace has event loops, also what their lane shows. */
export function legend(): Part {
  const items = PROVENANCES.map((provenance) => {
    const sign = provenanceSign(provenance);
    sign.setAttribute('aria-hidden', 'true');
    return h('span', { class: 'legend-item', title: howWeKnow(provenance) }, sign, provenance);
  });
  // One piece: where it does not fit it is not there at all.
  const loops = h(
    'span',
    { class: 'legend-item', title: LOOP_LANE, hidden: true, 'data-name': 'loop-signs' },
    'event loop',
    ...(['busy', 'waiting', 'both'] as const).flatMap((kind) => [h('span', { class: `swatch swatch-${kind}` }), kind]),
  );
  return {
    element: h('div', { class: 'legend', 'aria-label': 'Where facts come from' }, ...items, loops),
    update({ reader, loops: shown }) {
      loops.hidden = !shown || !reader || reader.loops.length === 0;
    },
  };
}
