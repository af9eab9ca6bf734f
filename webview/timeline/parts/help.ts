import { PROVENANCES } from '../../../src/contracts/trace';
import { howWeKnow } from '../../../src/knowledge/explain';
import { button } from '../../kit/controls';
import { h } from '../../kit/dom';
import { KEYS } from '../../kit/keys';
import { ARROW_ENDS, LOOP_LANE, provenanceChip } from './provenance';

/** The dialog with all keys and what the marks mean. */
export function helpDialog(): { element: HTMLDialogElement; toggle(): void } {
  const close = button({ label: 'Close', icon: 'close', name: 'help-close', press: () => element.close() });
  const keys = (['Step', 'Look', 'Find'] as const).map((group) =>
    h(
      'section',
      {},
      h('h3', {}, group),
      h(
        'dl',
        { class: 'keys' },
        ...KEYS.filter((binding) => binding.group === group).flatMap((binding) => [
          h('dt', {}, h('kbd', {}, binding.shown)),
          h('dd', {}, binding.text),
        ]),
      ),
    ),
  );
  const element = h(
    'dialog',
    { class: 'help', 'aria-label': 'Keys and signs' },
    h('div', { class: 'help-head' }, h('h2', {}, 'Keys'), close.element),
    h('div', { class: 'help-keys' }, ...keys),
    h(
      'p',
      { class: 'faint' },
      'Mouse: click a mark to go there and to its line; wheel zooms, Shift+wheel and dragging pan; drag on the small map below to look elsewhere.',
    ),
    h('h2', {}, 'Datagrams'),
    h('p', { 'data-name': 'legend-arrows' }, `${ARROW_ENDS}.`),
    h('h2', {}, 'Event loop'),
    h(
      'p',
      { 'data-name': 'legend-loop' },
      `${LOOP_LANE}. `,
      'A line before a mark of the current socket: from when the bytes were ready until their callback ran. “Event loops” among the filters hides the lane.',
    ),
    h('h2', {}, 'How do we know?'),
    h(
      'dl',
      { class: 'keys provenances' },
      ...PROVENANCES.flatMap((provenance) => [h('dt', {}, provenanceChip(provenance)), h('dd', {}, howWeKnow(provenance))]),
    ),
  );
  element.addEventListener('click', (event) => {
    if (event.target === element) element.close();
  });
  return {
    element,
    toggle: () => (element.open ? element.close() : element.showModal()),
  };
}
