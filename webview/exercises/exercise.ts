/** The page of one exercise: from its instructions to why it passes. */
import type { ExerciseView } from '../../src/contracts/exercise-page';
import { fill, h } from '../kit/dom';
import { goTo } from './focus';
import { Keyed } from './keyed';
import { type Choice, type NextSteps, nextSteps } from './next-steps';
import type { Page } from './page';
import { compared, comparisonTable, explanations } from './parts/comparison';
import { head } from './parts/head';
import { hints } from './parts/hints';
import { moments } from './parts/moments';
import { Prediction } from './parts/prediction';
import { checkList, firstFeedback, output, verdict } from './parts/report';
import { exerciseText, instructions, sources } from './parts/text';
import { words } from './words';

const section = (name: string, label?: string) => new Keyed(h('section', { class: name, 'aria-label': label ?? null }));

export class ExercisePart {
  private view: ExerciseView | null = null;
  private predictions: Prediction[] = [];
  private asked = '';
  /** The run whose explanations are open. */
  private revealed = '';
  private readonly head = new Keyed(h('header', { class: 'head' }));
  private readonly instructions = section('instructions', words.instructions);
  private readonly questions = h('div', { class: 'questions' });
  private readonly ask = h('section', { class: 'predictions', 'aria-label': words.predictions, hidden: true });
  private readonly change = h(
    'details',
    { class: 'change', 'data-name': 'change' },
    h('summary', { 'data-name': 'change-head' }, words.changeAnswers),
  );
  private readonly askHead = h('div', {}, h('h2', {}, words.predictions), h('p', { class: 'quiet' }, words.predictionsWhy));
  private readonly verdict = section('verdict-part', words.verdict);
  private readonly comparison = section('comparison-part', words.comparison);
  private readonly explained = section('explained-part', words.explanations);
  private readonly report = section('report', words.checks);
  private readonly moments = section('moments', words.moments);
  private readonly why = section('explanation', words.explanation);
  private readonly hints = section('hints', words.hints);
  private readonly sources = section('sources-part', words.sources);
  readonly elements = [
    this.head.element,
    this.instructions.element,
    this.verdict.element,
    this.comparison.element,
    this.explained.element,
    this.why.element,
    this.report.element,
    this.ask,
    this.moments.element,
    this.hints.element,
    this.sources.element,
  ];

  constructor(private readonly page: Page) {}

  update(view: ExerciseView): void {
    const before = this.view;
    this.view = view;
    const { report, page } = { report: view.report, page: this.page };
    this.head.show([view.title, view.track, view.difficulty, view.minutes, view.type, view.objective, view.dir, view.progress], () =>
      head(view),
    );
    this.instructions.show(view.instructions, () => instructions(view.instructions, page));
    const shown = report ? compared(view.predictions) : [];
    this.verdict.show(report && [report.verdict, report.points, report.of, report.problem, report.trouble, report.stale], () =>
      report ? verdict(report) : [],
    );
    this.comparison.show(shown, () => (shown.length === 0 ? [] : [h('h2', { tabindex: -1 }, words.comparison), comparisonTable(shown)]));
    this.reveal();
    this.report.show([report, view.predictions.map(({ result }) => result?.feedback?.id)], () =>
      report ? [...firstFeedback(view, page), ...checkList(view, page), ...output(report, page)] : [],
    );
    this.predict(view);
    this.moments.show(view.moments, () => moments(view.moments, page));
    this.why.show(view.explanation, () =>
      view.explanation === null ? [] : [h('h2', {}, words.explanation), ...exerciseText(view.explanation, page)],
    );
    this.hints.show([view.hints, view.dir, view.maySeeSolution, view.progress.state], () => hints(view, page));
    this.sources.show(view.sources, () => (view.sources.length === 0 ? [] : [h('h2', {}, words.sources), sources(view.sources)]));
    this.tell(before, view);
  }

  /** Where reading goes on after this message; null when nothing new came that was asked for. */
  arrival(before: ExerciseView | null): HTMLElement | null {
    const view = this.view!;
    if (before === null) return null;
    if (before.running && !view.running && view.report) return this.verdict.element.querySelector('h2');
    if (view.hints.opened.length > before.hints.opened.length)
      return this.hints.element.querySelector<HTMLElement>(`[data-hint="${view.hints.opened.length}"] h3`);
    if (before.dir === null && view.dir !== null && view.predictions.length > 0) return this.ask.querySelector('h2');
    return null;
  }

  get shown(): ExerciseView | null {
    return this.view;
  }

  steps(): NextSteps {
    return nextSteps(
      this.view!,
      this.predictions.map(({ answered }) => answered),
      this.isRevealed,
    );
  }

  press({ press }: Choice): void {
    if (press.kind === 'act') this.page.post({ type: 'act', action: press.action });
    else if (press.kind === 'step') this.page.post({ type: 'step', scenario: press.evidence.scenario, seq: press.evidence.seq });
    else if (press.kind === 'question') this.question(press.index);
    else if (press.kind === 'compare') {
      this.revealed = this.resultsKey;
      this.reveal();
      this.page.changed();
      goTo(this.explained.element.querySelector('h2'));
    }
  }

  private get resultsKey(): string {
    return JSON.stringify(compared(this.view?.predictions ?? []).map(({ result }) => result));
  }

  private get isRevealed(): boolean {
    return this.revealed !== '' && this.revealed === this.resultsKey;
  }

  private reveal(): void {
    const shown = this.view!.report ? compared(this.view!.predictions) : [];
    const open = shown.length > 0 && (this.isRevealed || shown.every(({ result }) => result.status === 'right'));
    this.explained.show([open, shown], () =>
      open ? [h('h2', { tabindex: -1 }, words.explanations), ...explanations(shown, this.page)] : [],
    );
  }

  /** The questions: open before the run; afterwards behind "Change your answers", below what happened. */
  private predict({ id, dir, predictions, report }: ExerciseView): void {
    const asked = JSON.stringify([
      id,
      predictions.map(({ id: prediction, question, kind, options }) => [prediction, question, kind, options]),
    ]);
    if (asked !== this.asked) {
      this.asked = asked;
      this.predictions = predictions.map((view, at) => new Prediction(view.id, view, at + 1, this.page));
      fill(this.questions, ...this.predictions.map(({ element }) => element));
    }
    for (const [at, { answer }] of predictions.entries()) this.predictions[at]!.update(answer);
    this.ask.hidden = predictions.length === 0 || dir === null;
    const after = report !== null && compared(predictions).length > 0;
    const home = after ? this.change : this.ask;
    if (this.questions.parentElement === home) return;
    // Who is in the middle of an answer goes on with it.
    const working = this.questions.contains(document.activeElement);
    home.append(this.questions);
    fill(this.ask, ...(after ? [this.change] : [this.askHead, this.questions]));
    this.change.open = working;
  }

  private question(index: number): void {
    const one = this.predictions[index];
    if (!one) return;
    this.change.open = true;
    goTo(one.element);
    one.focus();
  }

  /** What is new, said aloud together: a text alone would be pushed out by the next one. */
  private tell(before: ExerciseView | null, { running, report, moments: now, hints: { opened } }: ExerciseView): void {
    const said: string[] = [];
    if (running && running.says !== before?.running?.says) said.push(words.running(running.says));
    else if (before?.running && !running && report)
      said.push(words.verdictSpoken(words[report.verdict], report.problem ?? words.points(report.points, report.of)));
    for (const { index, picked } of before ? now : []) {
      const was = before?.moments.find((one) => one.index === index)?.picked;
      if (picked && picked.option !== was?.option) said.push(`${picked.right ? words.right : words.wrong}: ${picked.says}`);
    }
    if (before && opened.length > before.hints.opened.length) said.push(`${words.hintNumber(opened.length)}: ${opened.at(-1)}`);
    if (said.length > 0) this.page.say(said.join(' '));
  }
}
