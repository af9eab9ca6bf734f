/** The quiz: one question at a time, then its answer, at the end what comes back when. */
import type { QuizView } from '../../src/contracts/exercise-page';
import { h, icon } from '../kit/dom';
import { rich } from '../kit/rich';
import { Keyed } from './keyed';
import type { Choice, NextSteps } from './next-steps';
import type { Page } from './page';
import { choices } from './parts/choices';
import { sources } from './parts/text';
import { words } from './words';

const act = (name: string, text: string, icon: string): Choice => ({ name, press: { kind: 'act', action: 'quiz' }, text, icon });
const list: Choice = { name: 'list', press: { kind: 'act', action: 'list' }, text: words.list, icon: 'list-unordered' };

export class QuizPart {
  private view: QuizView | null = null;
  private option: string | null = null;
  private readonly body = new Keyed(h('section', { class: 'quiz', 'aria-label': words.quiz }));
  readonly elements = [this.body.element];

  constructor(private readonly page: Page) {}

  update(view: QuizView): void {
    if (view.item?.id !== this.view?.item?.id) this.option = null;
    const before = this.view;
    this.view = view;
    this.body.show(view, () => this.content(view));
    const { picked } = view;
    if (picked && before?.picked?.option !== picked.option) this.page.say(`${this.outcome()} ${picked.says}`);
  }

  /** After an answer: what it says; then the next question is the title. */
  get arrival(): HTMLElement | null {
    return this.body.element.querySelector('.outcome');
  }

  steps(): NextSteps {
    const { item, picked, number, of } = this.view!;
    const tools = [list];
    if (item === null) return { why: '', primary: act('quiz', words.another, 'question'), others: [], tools };
    if (picked)
      return {
        why: this.outcome(),
        primary: act('quiz-next', number < of ? words.quizNext : words.quizEnd, 'arrow-right'),
        others: [],
        tools,
      };
    return {
      why: words.answerWhy,
      primary: act('answer', words.answer, 'check'),
      others: [act('dont-know', words.dontKnow, 'question')],
      tools,
    };
  }

  press({ name }: Choice): void {
    if (name === 'quiz-next') this.page.post({ type: 'quiz-next' });
    else if (name === 'dont-know') this.page.post({ type: 'quiz-answer', option: null });
    else if (name === 'quiz' || name === 'list') this.page.post({ type: 'act', action: name });
    else this.answer();
  }

  private answer(): void {
    if (this.option !== null) {
      this.page.post({ type: 'quiz-answer', option: this.option });
    } else {
      this.page.say(words.pickFirst);
      this.body.element.querySelector<HTMLInputElement>('input')?.focus();
    }
  }

  private outcome(): string {
    const { picked } = this.view!;
    if (!picked) return '';
    return picked.right ? words.quizRight : picked.option === null ? words.quizUnknown : words.quizWrong;
  }

  private content({ number, of, item, picked, score }: QuizView): HTMLElement[] {
    if (item === null) return score === null ? [h('h1', { tabindex: -1 }, words.scoreHead)] : end(score);
    const top = [
      h('p', { class: 'quiz-place' }, `${words.quiz}: ${words.quizPlace(number, of)}`),
      h('h1', { tabindex: -1, class: 'quiz-question' }, ...rich(item.question)),
    ];
    if (!picked) {
      const options = choices({ name: 'quiz', label: item.question, options: item.options, pick: (id) => (this.option = id) });
      options.set(this.option);
      options.element.addEventListener('keydown', (event) => {
        if (event.key === 'Enter') this.answer();
      });
      return [...top, options.element];
    }
    return [
      ...top,
      h(
        'ul',
        { class: 'quiz-options' },
        ...item.options.map(({ id, text }) => {
          const [right, yours] = [id === picked.correct, id === picked.option];
          const says = [right ? words.correct : null, yours ? words.yours : null].filter((one) => one !== null).join(', ');
          return h(
            'li',
            { class: right ? 'right' : yours ? 'wrong' : null, 'data-option': id },
            icon(right ? 'pass-filled' : yours ? 'error' : 'circle-outline'),
            h('span', {}, ...rich(text), says ? h('strong', {}, ` (${says})`) : null),
          );
        }),
      ),
      h('p', { class: 'outcome', tabindex: -1 }, h('strong', {}, this.outcome()), ' ', ...rich(picked.says)),
      picked.again === null ? null : h('p', { class: 'note' }, icon('history'), ` ${words.again(picked.again)}`),
      item.sources.length === 0 ? null : h('h2', {}, words.sources),
      item.sources.length === 0 ? null : sources(item.sources),
    ].filter((one) => one !== null);
  }
}

function end({ right, of, reviews }: NonNullable<QuizView['score']>): HTMLElement[] {
  return [
    h('h1', { tabindex: -1 }, words.scoreHead),
    h('p', { class: 'objective' }, words.scoreLine(right, of)),
    h('h2', {}, words.reviews),
    reviews.length === 0
      ? h('p', {}, words.noReviews)
      : h('ul', {}, ...reviews.map(({ concept, due }) => h('li', {}, words.review(concept, due)))),
  ];
}
