import { h, setAttributes, setText } from '../../kit/dom';
import { words } from '../words';
import type { AnswerControl } from './prediction';

let fields = 0;

/** A number, with a sentence when it is none; "2,5" is 2.5. What is typed stays as it is. */
export function numberField(name: string, question: string, change: (value: number | null) => void): AnswerControl {
  const id = `number-${++fields}`;
  const error = h('p', { class: 'field-error', id: `${id}-error`, role: 'alert', hidden: true });
  const input = h('input', { type: 'text', inputmode: 'decimal', autocomplete: 'off', id, 'data-name': `${name}-number` });
  setAttributes(input, { 'aria-label': `${words.number}: ${question}` });
  const read = (): number | null => {
    const text = input.value.trim().replace(',', '.');
    return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : null;
  };
  const validate = (): void => {
    const wrong = input.value.trim() !== '' && read() === null;
    setAttributes(input, { 'aria-invalid': wrong ? 'true' : null, 'aria-describedby': wrong ? error.id : null });
    setText(error, wrong ? words.numberWrong(input.value.trim()) : '');
    error.hidden = !wrong;
  };
  input.addEventListener('input', () => {
    validate();
    change(read());
  });
  return {
    element: h('div', { class: 'number-field' }, h('label', { for: id }, words.number), input, error),
    set(value) {
      // What was typed and means the same stays: "3.", "03".
      if (value === null ? read() === null : read() === Number(value)) return;
      input.value = value === null ? '' : String(value);
      validate();
    },
    enable: (enabled) => {
      input.disabled = !enabled;
    },
    focus: () => input.focus({ preventScroll: true }),
  };
}
