import { PROVENANCES, type Provenance } from '../../../src/contracts/trace';
import { howWeKnow } from '../../../src/knowledge/explain';
import { h } from '../../kit/dom';

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

/** What the signs mean, in one line. */
export function legend(): HTMLElement {
  const items = PROVENANCES.map((provenance) => {
    const sign = provenanceSign(provenance);
    sign.setAttribute('aria-hidden', 'true');
    return h('span', { class: 'legend-item', title: howWeKnow(provenance) }, sign, provenance);
  });
  return h('div', { class: 'legend', 'aria-label': 'Where facts come from' }, ...items);
}
