import { h } from '../../kit/dom';
import { rich } from '../../kit/rich';

export interface ChoicesControl {
  element: HTMLElement;
  set(value: string | null): void;
  enable(enabled: boolean): void;
}

let groups = 0;

/** One of several, as radio buttons; `look` "row" for short words side by side. */
export function choices(options: {
  name: string;
  label: string;
  options: readonly { id: string; text: string; quiet?: boolean }[];
  look?: 'list' | 'row';
  pick(id: string): void;
}): ChoicesControl {
  const group = `choices-${++groups}`;
  const inputs = options.options.map(({ id, text, quiet }) => {
    const input = h('input', { type: 'radio', name: group, 'data-name': `${options.name}-${id}`, 'data-option': id });
    input.addEventListener('change', () => options.pick(id));
    const label = h('label', { class: quiet ? 'choice quiet' : 'choice' }, input, h('span', {}, ...rich(text)));
    return { id, input, label };
  });
  return {
    element: h(
      'div',
      { class: `choices ${options.look ?? 'list'}`, role: 'radiogroup', 'aria-label': options.label, 'data-choices': options.name },
      ...inputs.map(({ label }) => label),
    ),
    set(value) {
      for (const { id, input } of inputs) input.checked = id === value;
    },
    enable(enabled) {
      for (const { input } of inputs) input.disabled = !enabled;
    },
  };
}
