import { button } from '../../kit/controls';
import { fill, h } from '../../kit/dom';
import { rich } from '../../kit/rich';
import type { Page } from '../page';
import { words } from '../words';
import { dragCards } from './drag-cards';
import type { AnswerControl } from './prediction';

interface Options {
  name: string;
  kind: 'order' | 'path';
  options: readonly { id: string; text: string }[];
  page: Page;
  change(order: string[]): void;
}

/** Cards that are put into an order, by mouse or with the buttons of each; those that are left out stay beside it. */
export function orderCards(options: Options): AnswerControl {
  const order = h('ol', { class: 'cards order', 'aria-label': options.kind === 'path' ? words.yourPath : words.yourOrder });
  const pool = h('ul', { class: 'cards pool', 'aria-label': words.leftOut });
  const orderEmpty = h('p', { class: 'cards-empty' }, words.orderEmpty);
  const poolEmpty = h('p', { class: 'cards-empty' }, words.leftOutEmpty);
  let given: string[] = [];
  let enabled = true;
  const textOf = (id: string) => options.options.find((option) => option.id === id)?.text ?? id;

  const tool = (id: string, verb: 'up' | 'down' | 'remove' | 'add', icon: string, off: boolean, press: () => void) => {
    const made = button({ label: words[verb](textOf(id)), icon, name: `${options.name}-${verb}-${id}`, press });
    made.enable(enabled && !off);
    return made.element;
  };
  const card = (id: string, ...tools: HTMLElement[]) =>
    h(
      'li',
      { class: 'card', 'data-id': id },
      h('span', { class: 'card-text' }, ...rich(textOf(id))),
      h('span', { class: 'card-tools' }, ...tools),
    );

  const draw = (): void => {
    fill(
      order,
      ...given.map((id, at) =>
        card(
          id,
          tool(id, 'up', 'arrow-up', at === 0, () => move(id, at - 1, 'up')),
          tool(id, 'down', 'arrow-down', at === given.length - 1, () => move(id, at + 1, 'down')),
          tool(id, 'remove', 'close', false, () => remove(id)),
        ),
      ),
    );
    const rest = options.options.filter(({ id }) => !given.includes(id));
    fill(
      pool,
      ...rest.map(({ id }) =>
        card(
          id,
          tool(id, 'add', 'add', false, () => add(id)),
        ),
      ),
    );
    // An empty list has nothing to say; a sentence stands in its place.
    orderEmpty.hidden = given.length > 0;
    poolEmpty.hidden = rest.length > 0;
  };
  const change = (next: string[], said: string): void => {
    given = next;
    draw();
    options.page.say(said);
    options.change([...given]);
  };
  const focus = (...names: string[]): void => {
    for (const name of names) {
      const found = element.querySelector<HTMLElement>(`[data-name="${CSS.escape(`${options.name}-${name}`)}"]:not([disabled])`);
      if (found) {
        found.focus({ preventScroll: true });
        return;
      }
    }
  };
  const place = (id: string, at: number): string[] => given.filter((one) => one !== id).toSpliced(at, 0, id);
  const move = (id: string, at: number, verb: 'up' | 'down'): void => {
    change(place(id, at), words.moved(textOf(id), at + 1, given.length));
    focus(`${verb}-${id}`, `${verb === 'up' ? 'down' : 'up'}-${id}`, `remove-${id}`);
  };
  const add = (id: string): void => {
    const rest = options.options.filter((option) => !given.includes(option.id)).map((option) => option.id);
    const at = rest.indexOf(id);
    change([...given, id], words.added(textOf(id), given.length + 1));
    focus(...[rest[at + 1], rest[at - 1]].flatMap((one) => (one === undefined ? [] : [`add-${one}`])), `remove-${id}`);
  };
  const remove = (id: string): void => {
    const at = given.indexOf(id);
    const near = [given[at + 1], given[at - 1]].flatMap((one) => (one === undefined ? [] : [`remove-${one}`]));
    change(
      given.filter((one) => one !== id),
      words.removed(textOf(id)),
    );
    focus(...near, `add-${id}`);
  };

  const orderBox = h(
    'div',
    { class: 'cards-box', 'data-drop': 'order' },
    h('p', { class: 'cards-head' }, order.getAttribute('aria-label')),
    order,
    orderEmpty,
  );
  const poolBox = h('div', { class: 'cards-box', 'data-drop': 'pool' }, h('p', { class: 'cards-head' }, words.leftOut), pool, poolEmpty);
  const element = h(
    'div',
    { class: 'order-cards' },
    h('p', { class: 'cards-help' }, words.orderHelp),
    h('div', { class: 'cards-boxes' }, orderBox, poolBox),
  );
  dragCards({
    element,
    orderBox,
    order,
    poolBox,
    enabled: () => enabled,
    place(id, at) {
      const known = given.indexOf(id);
      if (at === known) return;
      change(place(id, at), known < 0 ? words.added(textOf(id), at + 1) : words.moved(textOf(id), at + 1, given.length));
    },
    remove: (id) =>
      given.includes(id) &&
      change(
        given.filter((one) => one !== id),
        words.removed(textOf(id)),
      ),
  });
  draw();
  return {
    element,
    set(value) {
      const wanted = (Array.isArray(value) ? value : []).filter((id) => options.options.some((option) => option.id === id));
      if (wanted.join('\n') === given.join('\n')) return;
      given = wanted;
      draw();
    },
    enable(on) {
      if (on === enabled) return;
      enabled = on;
      element.classList.toggle('off', !on);
      draw();
    },
    focus: () => element.querySelector<HTMLElement>('vscode-button:not([disabled])')?.focus({ preventScroll: true }),
  };
}
