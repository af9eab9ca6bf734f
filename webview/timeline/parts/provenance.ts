import type { Provenance } from '../../../src/contracts/trace';
import { h } from '../../kit/dom';
import { howWeKnow } from './explain';

/** A labelled chip that says where a fact comes from; its look is that of the marks on the canvas. */
export function provenanceChip(provenance: Provenance): HTMLElement {
  return h(
    'span',
    { class: `chip chip-${provenance}`, title: howWeKnow(provenance) },
    h('span', { class: 'chip-sign', 'aria-hidden': 'true' }),
    provenance,
  );
}
