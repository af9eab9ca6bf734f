import type { ExerciseView } from '../../../src/contracts/exercise-page';
import { h, icon } from '../../kit/dom';
import type { Page } from '../page';
import { words } from '../words';
import { exerciseText } from './text';

/** The opened hints, how many are left, and whether the solution can be seen. Empty before the start. */
export function hints({ hints: { opened, left }, dir, maySeeSolution }: ExerciseView, page: Page): HTMLElement[] {
  if (dir === null) return [];
  return [
    h('h2', {}, words.hints),
    h('p', { class: 'quiet' }, words.hintsSay(opened.length, left)),
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
