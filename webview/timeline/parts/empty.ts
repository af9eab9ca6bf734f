import { TERMINAL_TITLE } from '../../../src/contracts/ids';
import { button } from '../../kit/controls';
import { fill, h, icon } from '../../kit/dom';
import type { TimelineStore } from '../store/store';
import type { Part } from './part';

/** What the panel says when there is nothing to draw, and what to do about it. */
export function emptyState(store: TimelineStore): Part {
  const element = h('div', { class: 'empty', role: 'main', 'aria-live': 'polite' });
  const sample = button({
    label: 'Run the sample',
    text: 'Run the sample',
    icon: 'play',
    kind: 'primary',
    name: 'run-sample',
    press: () => store.command('runSample'),
  });
  const again = button({
    label: 'Run again',
    text: 'Run again',
    icon: 'debug-restart',
    kind: 'secondary',
    name: 'empty-run-again',
    press: () => store.command('runAgain'),
  });
  let shown = '';
  return {
    element,
    update() {
      const kind = stateOf(store);
      element.hidden = kind === 'none';
      const key = `${kind}/${store.problem}/${store.canRun}`;
      if (key === shown) return;
      shown = key;
      switch (kind) {
        case 'none':
          return fill(element);
        case 'problem':
          return fill(element, icon('warning'), h('h2', {}, 'This trace cannot be shown'), h('p', {}, store.problem));
        case 'waiting':
          return fill(
            element,
            icon('pulse'),
            h('h2', {}, 'No run yet'),
            h(
              'p',
              {},
              'Open a JavaScript or TypeScript file that uses sockets and press the run button “Run and Trace File” at its top right, or try the sample.',
            ),
            sample.element,
            h(
              'p',
              { class: 'faint', 'data-name': 'saved-traces' },
              'To look at a saved trace, click its .socktrace file in the Explorer, or drag it from there into the editor area. Several can be open side by side.',
            ),
          );
        case 'running':
          return fill(
            element,
            icon('loading codicon-modifier-spin'),
            h('h2', {}, 'The program is running'),
            h('p', {}, 'It has not used a socket yet. Steps appear here as soon as it does.'),
          );
        case 'terminal':
          return fill(
            element,
            icon('terminal'),
            h('h2', {}, 'Type in the terminal'),
            h(
              'p',
              {},
              'Start a program there, for example with ',
              h('code', {}, 'node server.mjs'),
              '. Its steps appear here as soon as it uses a socket.',
            ),
          );
        case 'nothing':
          return fill(
            element,
            icon('circle-slash'),
            h('h2', {}, 'The program used no socket'),
            h('p', {}, 'It ended before it called net or dgram. Look at its output in the terminal for the reason.'),
            store.canRun ? again.element : null,
          );
      }
    },
  };
}

function stateOf(store: TimelineStore): 'none' | 'waiting' | 'running' | 'terminal' | 'nothing' | 'problem' {
  if (store.phase === 'problem') return 'problem';
  if (store.phase === 'waiting') return 'waiting';
  if ((store.reader?.size ?? 0) > 0) return 'none';
  if (store.live && store.title === TERMINAL_TITLE && !store.reader?.processes.length) return 'terminal';
  if (store.live || store.progress < 1) return 'running';
  return 'nothing';
}
