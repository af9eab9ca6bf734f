import type { FromTimeline, ToTimeline } from '../../../src/contracts/timeline-api';
import { button } from '../../kit/controls';
import { h, icon } from '../../kit/dom';

/** What a beginner is told once: each hint can be put away, and the host keeps it away in every timeline. */
export class Hints {
  #dismissed = new Set<string>();

  constructor(private readonly post: (message: FromTimeline) => void) {}

  /** Learns from the host what was put away before. */
  receive(message: ToTimeline): void {
    if (message.type === 'open') this.#dismissed = new Set([...this.#dismissed, ...(message.dismissed ?? [])]);
  }

  /** A line with what to press next; null when the learner has put it away. */
  line(id: string, ...words: (Node | string)[]): HTMLElement | null {
    if (this.#dismissed.has(id)) return null;
    const away = button({
      label: 'Do not show this hint again',
      icon: 'close',
      name: 'dismiss-hint',
      press: () => {
        this.#dismissed.add(id);
        this.post({ type: 'dismiss', hint: id });
        line.remove();
      },
    });
    const line = h('div', { class: 'hint' }, icon('lightbulb'), h('span', {}, ...words), away.element);
    return line;
  }
}
