import type { ExerciseView } from '../../../src/contracts/exercise-page';
import { h, icon } from '../../kit/dom';
import type { Page } from '../page';
import { words } from '../words';
import { exerciseText } from './text';

/** The opened hints, how many are left, and whether the solution can be seen. Empty before the start, and when it was passed without them. */
export function hints({ hints: { opened, left }, dir, maySeeSolution, progress }: ExerciseView, page: Page): HTMLElement[] {
  const passed = progress.state.startsWith('passed');
  if (dir === null || (passed && opened.length === 0)) return [];
  return [
    h('h2', {}, words.hints),
    // Who has passed needs no more of them.
    ...(passed ? [] : [h('p', { class: 'quiet' }, words.hintsSay(opened.length, left))]),
    ...opened.map((text, at) =>
      h(
        'div',
        { class: 'hint', 'data-hint': at + 1 },
        icon('lightbulb'),
        h('div', {}, h('h3', { tabindex: -1, 'data-name': `hint-${at + 1}` }, words.hintNumber(at + 1)), ...exerciseText(text, page)),
      ),
    ),
    ...(maySeeSolution ? [] : [h('p', { class: 'quiet' }, words.solutionClosed)]),
  ];
}
