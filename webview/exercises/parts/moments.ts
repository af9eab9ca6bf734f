import type { MomentView } from '../../../src/contracts/exercise-page';
import { button } from '../../kit/controls';
import { h, icon } from '../../kit/dom';
import { rich } from '../../kit/rich';
import type { Page } from '../page';
import { words } from '../words';

/** Questions at steps of the run: go there, then say why. Another pick can follow a wrong one. */
export function moments(list: readonly MomentView[], page: Page): HTMLElement[] {
  if (list.length === 0) return [];
  return [h('h2', {}, words.moments), h('p', { class: 'quiet' }, words.momentsWhy), ...list.map((one) => moment(one, page))];
}

function moment({ index, question, scenario, seq, options, picked }: MomentView, page: Page): HTMLElement {
  const go = button({
    label: words.goToStep(seq),
    text: words.goToStep(seq),
    icon: 'pulse',
    name: `moment-${index}-go`,
    press: () => page.post({ type: 'step', scenario, seq }),
  });
  return h(
    'div',
    { class: 'moment', role: 'group', 'aria-label': question, 'data-moment': index },
    h('p', { class: 'moment-question' }, ...rich(question)),
    go.element,
    h(
      'div',
      { class: 'options' },
      ...options.map(({ text }, at) => {
        const chosen = picked?.option === at;
        const option = h(
          'button',
          {
            type: 'button',
            class: `option${chosen ? (picked.right ? ' right' : ' wrong') : ''}`,
            'data-name': `moment-${index}-${at}`,
            'aria-pressed': String(chosen),
          },
          icon(chosen ? (picked.right ? 'pass-filled' : 'error') : 'circle-outline'),
          h('span', {}, ...rich(text)),
        );
        option.addEventListener('click', () => page.post({ type: 'moment', index, option: at }));
        return option;
      }),
    ),
    picked ? h('p', { class: 'says' }, h('strong', {}, picked.right ? words.right : words.wrong), ': ', ...rich(picked.says)) : null,
  );
}
