import { h } from './dom';

/** Text with `code` between backticks, as nodes. */
export function rich(text: string): (HTMLElement | string)[] {
  return text.split('`').map((part, i) => (i % 2 ? h('code', {}, part) : part));
}
