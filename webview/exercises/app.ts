/** The page: what the editor sends is shown; one bar says what to press next; the focus stays where somebody works. */
import type { ExercisePage, FromExercisePage } from '../../src/contracts/exercise-page';
import { fill, h } from '../kit/dom';
import { ProblemPart, TrackEndPart } from './endings';
import { ExercisePart } from './exercise';
import { goTo, isTyping, keepingFocus } from './focus';
import type { Page } from './page';
import { bar } from './parts/bar';
import { QuizPart } from './quiz';
import { words } from './words';

type Shown = { kind: ExercisePage['kind'] } & (ExercisePart | QuizPart | TrackEndPart | ProblemPart);

export class ExercisesApp {
  private readonly content = h('article', { class: 'content' }, h('p', { class: 'quiet' }, words.loading));
  private readonly main = h('main', { class: 'page', tabindex: -1, 'aria-label': words.page }, this.content);
  private readonly spoken = h('div', { class: 'spoken', role: 'status', 'aria-live': 'polite' });
  private readonly bar = h('section', { class: 'bar', 'aria-label': words.next, hidden: true });
  private readonly page: Page;
  private part: Shown | null = null;
  private identity = '';
  private barShown = '';

  constructor(
    private readonly root: HTMLElement,
    post: (message: FromExercisePage) => void,
    private readonly remember: (exercise: string | null) => void,
  ) {
    this.page = { post, say: (text) => this.say(text), changed: () => this.showBar() };
    fill(root, h('div', { class: 'exercises' }, this.main, this.bar, this.spoken));
  }

  receive(page: ExercisePage): void {
    const identity = identityOf(page);
    const another = identity !== this.identity;
    const first = this.identity === '';
    const typing = isTyping();
    const before = this.part instanceof ExercisePart && !another ? this.part.shown : null;
    const inBar = this.bar.contains(document.activeElement);
    const inContent = this.content.contains(document.activeElement);
    const place = this.main.scrollTop;
    const kept = keepingFocus(this.root, () => {
      if (another) this.begin(page, identity);
      this.update(page);
      this.showBar();
    });
    if (another) {
      this.main.scrollTop = 0;
      if (!first && document.hasFocus()) this.content.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
      return;
    }
    // Only when it has moved: setting it would end a scroll to what came with the message before.
    if (this.main.scrollTop !== place) this.main.scrollTop = place;
    const arrival =
      this.part instanceof ExercisePart ? this.part.arrival(before) : this.part instanceof QuizPart ? this.part.arrival : null;
    // Who is writing or reading elsewhere is left alone.
    if (arrival && !typing && (inBar || !kept)) goTo(arrival);
    else if (inBar && !kept && document.hasFocus()) this.bar.querySelector<HTMLElement>('vscode-button')?.focus({ preventScroll: true });
    // What had the focus is gone: reading goes on where it stood.
    else if (inContent && !kept && document.hasFocus()) this.main.focus({ preventScroll: true });
  }

  private begin(page: ExercisePage, identity: string): void {
    this.identity = identity;
    const { kind } = page;
    const part =
      kind === 'exercise'
        ? new ExercisePart(this.page)
        : kind === 'quiz'
          ? new QuizPart(this.page)
          : kind === 'track-end'
            ? new TrackEndPart(this.page)
            : new ProblemPart(this.page);
    this.part = Object.assign(part, { kind });
    fill(this.content, ...part.elements);
    this.barShown = '';
    this.remember(page.kind === 'exercise' ? page.exercise.id : null);
  }

  private update(page: ExercisePage): void {
    const { part } = this;
    if (page.kind === 'exercise' && part instanceof ExercisePart) part.update(page.exercise);
    else if (page.kind === 'quiz' && part instanceof QuizPart) part.update(page.quiz);
    else if (page.kind === 'track-end' && part instanceof TrackEndPart) part.update(page.track);
    else if (page.kind === 'problem' && part instanceof ProblemPart) part.update(page.sentence);
  }

  private showBar(): void {
    const { part } = this;
    if (!part) return;
    const steps = part.steps();
    const running = part instanceof ExercisePart && part.shown?.running != null;
    const key = JSON.stringify([steps, running]);
    if (key === this.barShown) return;
    this.barShown = key;
    keepingFocus(this.root, () => fill(this.bar, ...bar(steps, running, (choice) => part.press(choice))));
    this.bar.hidden = false;
  }

  /** A text that is said again has to be new to be heard. */
  private say(text: string): void {
    fill(this.spoken, h('p', {}, text));
  }
}

/** Pages with the same identity are one page that changes; another one begins at its top. */
function identityOf(page: ExercisePage): string {
  switch (page.kind) {
    case 'exercise':
      return `exercise ${page.exercise.id}`;
    case 'quiz':
      return `quiz ${page.quiz.item?.id ?? ''} ${page.quiz.number}`;
    case 'track-end':
      return `track ${page.track.track}`;
    case 'problem':
      return `problem ${page.sentence}`;
  }
}
