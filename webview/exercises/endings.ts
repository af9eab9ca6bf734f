/** The end of a track, and what is shown when nothing can be shown. */
import type { TrackEndView } from '../../src/contracts/exercise-page';
import { button } from '../kit/controls';
import { h, icon } from '../kit/dom';
import { rich } from '../kit/rich';
import { Keyed } from './keyed';
import type { Choice, NextSteps } from './next-steps';
import type { Page } from './page';
import { words } from './words';

const list: Choice = { name: 'list', press: { kind: 'act', action: 'list' }, text: words.list, icon: 'list-unordered' };
const quiz: Choice = { name: 'quiz', press: { kind: 'act', action: 'quiz' }, text: words.takeQuiz, icon: 'question' };

export class TrackEndPart {
  private view: TrackEndView | null = null;
  private readonly body = new Keyed(h('section', { class: 'track-end', 'aria-label': words.page }));
  readonly elements = [this.body.element];

  constructor(private readonly page: Page) {}

  update(view: TrackEndView): void {
    this.view = view;
    this.body.show(view, () => this.content(view));
  }

  steps(): NextSteps {
    const { nextTrack } = this.view!;
    if (!nextTrack) return { why: words.allDone, primary: quiz, others: [], tools: [list] };
    const { id, track, title } = nextTrack;
    const next: Choice = { name: `open-${id}`, press: { kind: 'open', id }, text: words.nextTrack(title), icon: 'arrow-right' };
    return { why: words.nextTrackWhy(track), primary: next, others: [quiz], tools: [list] };
  }

  press({ press }: Choice): void {
    if (press.kind === 'open') this.page.post({ type: 'open', id: press.id });
    else if (press.kind === 'act') this.page.post({ type: 'act', action: press.action });
  }

  private content({ track, can, again }: TrackEndView): HTMLElement[] {
    return [
      h('h1', { tabindex: -1 }, words.trackEnd(track)),
      h('h2', {}, words.can),
      can.length === 0
        ? h('p', {}, words.canNothing)
        : h('ul', { class: 'can' }, ...can.map((text) => h('li', {}, icon('pass-filled'), h('span', {}, ...rich(text))))),
      again.length === 0 ? null : h('h2', {}, words.againHead),
      again.length === 0
        ? null
        : h(
            'ul',
            { class: 'again' },
            ...again.map(({ id, title, due }) =>
              h(
                'li',
                {},
                button({
                  label: words.open(title),
                  text: title,
                  icon: 'book',
                  name: `again-${id}`,
                  press: () => this.page.post({ type: 'open', id }),
                }).element,
                h('span', { class: 'quiet' }, words.againItem(due)),
              ),
            ),
          ),
    ].filter((one) => one !== null);
  }
}

export class ProblemPart {
  private readonly body = new Keyed(h('section', { class: 'problem-page', 'aria-label': words.problem }));
  readonly elements = [this.body.element];

  constructor(private readonly page: Page) {}

  update(sentence: string): void {
    this.body.show(sentence, () => [h('h1', { tabindex: -1 }, icon('warning'), ` ${words.problem}`), h('p', {}, sentence)]);
  }

  steps(): NextSteps {
    return { why: '', primary: list, others: [], tools: [] };
  }

  press({ press }: Choice): void {
    if (press.kind === 'act') this.page.post({ type: 'act', action: press.action });
  }
}
