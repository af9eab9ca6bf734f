import type { ExerciseView } from '../../../src/contracts/exercise-page';
import { h, icon } from '../../kit/dom';
import { words } from '../words';

const STATE_ICON = { new: 'circle-outline', started: 'circle-filled', passed: 'pass-filled', 'passed-with-help': 'pass' } as const;

/** Title, what kind of exercise it is, how hard, how long, how far; the objective; where the files lie. */
export function head(view: ExerciseView): HTMLElement[] {
  const { state } = view.progress;
  const level = Math.min(Math.max(Math.round(view.difficulty), 1), 5);
  const dots = words.dots.repeat(level) + words.emptyDot.repeat(5 - level);
  const facts = [
    h('li', {}, words.track(view.track)),
    h('li', {}, words.type[view.type]),
    h(
      'li',
      { class: 'difficulty' },
      h('span', { class: 'spoken' }, `${words.difficultySpoken(level)} `),
      h('span', { class: 'dots', 'aria-hidden': 'true' }, dots),
      ` ${words.difficulty(level)}`,
    ),
    h('li', {}, words.minutes(view.minutes)),
    h('li', { class: `state state-${state}`, 'data-state': state }, icon(STATE_ICON[state]), ` ${words.state[state]}`),
  ];
  return [
    h('h1', { tabindex: -1 }, view.title),
    h('ul', { class: 'facts', 'aria-label': words.facts }, ...facts),
    h('p', { class: 'objective' }, view.objective),
    ...(view.progress.retry && state === 'passed-with-help'
      ? [h('p', { class: 'note' }, icon('history'), ` ${words.retry(view.progress.retry)}`)]
      : []),
    ...(view.dir === null ? [] : [h('p', { class: 'note' }, `${words.folder} `, h('code', {}, view.dir))]),
  ];
}
