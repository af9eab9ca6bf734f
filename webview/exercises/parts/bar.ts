import { button } from '../../kit/controls';
import { h, icon } from '../../kit/dom';
import type { Choice, NextSteps } from '../next-steps';
import { words } from '../words';

/** The bar that is always in view: one primary button and why, what else there is, and tools. */
export function bar(steps: NextSteps, running: boolean, press: (choice: Choice) => void): HTMLElement[] {
  const make = (choice: Choice, kind: 'primary' | 'secondary' | 'icon') =>
    button({
      label: choice.label ? `${choice.text}. ${choice.label}` : choice.text,
      icon: choice.icon,
      text: kind === 'icon' ? undefined : choice.text,
      kind,
      name: choice.name,
      press: () => press(choice),
    }).element;
  return [
    h('p', { class: 'bar-why' }, running ? icon('loading') : null, h('span', {}, steps.why)),
    h(
      'div',
      { class: 'bar-buttons', role: 'group', 'aria-label': words.next },
      make(steps.primary, 'primary'),
      ...steps.others.map((choice) => make(choice, 'secondary')),
      steps.tools.length > 0 ? h('span', { class: 'bar-tools' }, ...steps.tools.map((choice) => make(choice, 'icon'))) : null,
    ),
  ];
}
