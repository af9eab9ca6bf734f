import type { PredictionView } from '../../../src/contracts/exercise-page';
import type { Answer } from '../../../src/contracts/exercises';
import { h, setAttributes } from '../../kit/dom';
import { rich } from '../../kit/rich';
import type { Page } from '../page';
import { words } from '../words';
import { type ChoicesControl, choices } from './choices';
import { numberField } from './number-field';
import { orderCards } from './order-cards';

type Value = NonNullable<Answer['answer']>;

/** A field of one kind of answer. */
export interface AnswerControl {
  element: HTMLElement;
  set(value: Value | null): void;
  enable(enabled: boolean): void;
  focus(): void;
}

const DONT_KNOW = ' dont-know';
const text = (answer: Answer | null) => JSON.stringify([answer?.answer ?? null, answer?.unknown === true, answer?.confidence ?? null]);

/** One question before the run: its answer, "I don't know", how sure. Every change is sent; what was typed is not written over by an older answer. */
export class Prediction {
  readonly element: HTMLFieldSetElement;
  private answer: Answer = {};
  /** What the host said last, and what was sent and has not come back. */
  private said = text(null);
  private sent: string[] = [];
  private readonly control: AnswerControl;
  private readonly unknown: HTMLInputElement | null;
  private readonly sure: ChoicesControl;

  constructor(
    readonly id: string,
    view: PredictionView,
    number: number,
    private readonly page: Page,
  ) {
    this.control = this.makeControl(view);
    this.unknown = view.kind === 'choice' ? null : h('input', { type: 'checkbox', 'data-name': `${id}-unknown` });
    this.unknown?.addEventListener('change', () => this.setUnknown(this.unknown!.checked));
    this.sure = choices({
      name: `${id}-sure`,
      label: words.confidence,
      look: 'row',
      options: words.confidenceLevels.map((level) => ({ id: String(level), text: words.confidenceLevel(level) })),
      pick: (level) => this.change({ ...this.answer, confidence: Number(level) as 1 | 2 | 3 | 4 }),
    });
    this.element = h(
      'fieldset',
      { class: 'prediction', 'data-prediction': id },
      h('legend', {}, h('span', { class: 'number', 'aria-hidden': 'true' }, `${number}`), h('span', {}, ...rich(view.question))),
      this.control.element,
      this.unknown ? h('label', { class: 'choice quiet' }, this.unknown, h('span', {}, words.dontKnow)) : null,
      h('div', { class: 'sure' }, h('span', { class: 'sure-label', 'aria-hidden': 'true' }, words.confidence), this.sure.element),
    );
    this.show();
  }

  /** Whether there is an answer; "I don't know" is one. */
  get answered(): boolean {
    const { answer, unknown } = this.answer;
    return unknown === true || !(answer === null || answer === undefined || (Array.isArray(answer) && answer.length === 0));
  }

  focus(): void {
    this.control.focus();
  }

  /** Takes what the host knows, unless something newer was entered here. */
  update(answer: Answer | null): void {
    const said = text(answer);
    if (said === this.said) return;
    this.said = said;
    const at = this.sent.indexOf(said);
    if (at >= 0) this.sent.splice(0, at + 1);
    // Something newer is on its way; no answer at all is the exercise from the beginning.
    if (this.sent.length > 0 && answer !== null) return;
    this.sent = [];
    if (said === text(this.answer)) return;
    this.answer = answer ?? {};
    this.show();
  }

  private makeControl(view: PredictionView): AnswerControl {
    const { id, question, options } = view;
    const give = (value: Value | null) => this.change({ ...this.answer, answer: value, unknown: undefined });
    if (view.kind === 'number') return numberField(id, question, give);
    if (view.kind === 'order' || view.kind === 'path')
      return orderCards({ name: id, kind: view.kind, options, page: this.page, change: give });
    const list = choices({
      name: id,
      label: question,
      options: [...options, { id: DONT_KNOW, text: words.dontKnow, quiet: true }],
      pick: (option) => (option === DONT_KNOW ? this.setUnknown(true) : give(option)),
    });
    return {
      element: list.element,
      // "I don't know" is one of them.
      set: (value) => list.set(this.answer.unknown === true ? DONT_KNOW : value === null ? null : String(value)),
      enable: () => {},
      focus: () => list.element.querySelector<HTMLInputElement>('input:checked, input')?.focus({ preventScroll: true }),
    };
  }

  private setUnknown(unknown: boolean): void {
    this.change(unknown ? { answer: null, unknown: true } : { ...this.answer, unknown: undefined });
    this.show();
  }

  private change(answer: Answer): void {
    const { confidence, unknown } = answer;
    this.answer = { answer: answer.answer ?? null, ...(unknown ? { unknown } : {}), ...(confidence && !unknown ? { confidence } : {}) };
    this.sent.push(text(this.answer));
    this.page.post({ type: 'answer', prediction: this.id, answer: this.answer });
    this.state();
    this.page.changed();
  }

  private show(): void {
    this.control.set(this.answer.answer ?? null);
    this.sure.set(this.answer.confidence ? String(this.answer.confidence) : null);
    this.state();
  }

  private state(): void {
    const unknown = this.answer.unknown === true;
    if (this.unknown) this.unknown.checked = unknown;
    this.control.enable(!unknown);
    // Nobody can be sure of what they do not know.
    this.sure.enable(!unknown);
    if (unknown) this.sure.set(null);
    setAttributes(this.element, { 'data-answered': this.answered });
  }
}
