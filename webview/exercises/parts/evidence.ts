import type { Evidence, Feedback } from '../../../src/contracts/exercises';
import { button } from '../../kit/controls';
import { h, icon } from '../../kit/dom';
import { rich } from '../../kit/rich';
import type { Page } from '../page';
import { words } from '../words';
import { pressable } from './text';

const nameOf = (file: string) => file.split(/[\\/]/).at(-1)!;

/** The steps that prove something: each can be shown in the timeline, and its line in the editor. `where` keeps the names of the buttons apart. */
export function evidenceList(evidence: readonly Evidence[], where: string, page: Page): HTMLElement | null {
  if (evidence.length === 0) return null;
  return h(
    'ul',
    { class: 'evidence', 'aria-label': words.evidenceHead },
    ...evidence.map(({ scenario, seq, says, site }, at) => {
      const show = button({
        label: words.showStep(seq),
        text: words.showMe(seq),
        icon: 'pulse',
        name: `${where}-step-${at}`,
        press: () => page.post({ type: 'step', scenario, seq }),
      });
      const line =
        site === null
          ? null
          : pressable(
              [words.showLine(nameOf(site.file), site.line)],
              { 'data-name': `${where}-line-${at}`, title: words.showLineLong(site.file) },
              () => page.post({ type: 'line', ...site }),
            );
      return h('li', {}, show.element, h('span', { class: 'evidence-says' }, says), line);
    }),
  );
}

/** What broke, the evidence, a question; its card to read. */
export function feedbackBlock(feedback: Feedback, where: string, page: Page): HTMLElement {
  const { broke, evidence, question, card } = feedback;
  const read =
    card === null
      ? null
      : h(
          'p',
          { class: 'feedback-card' },
          pressable([words.readCard(card)], { 'data-card': card, 'data-name': `${where}-card` }, () =>
            page.post({ type: 'card', id: card }),
          ),
        );
  return h(
    'div',
    { class: 'feedback' },
    h('p', { class: 'feedback-broke' }, ...rich(broke)),
    evidence ? h('p', { class: 'feedback-evidence' }, ...rich(evidence)) : null,
    question ? h('p', { class: 'feedback-question' }, icon('question'), h('span', {}, ...rich(question))) : null,
    read,
  );
}
