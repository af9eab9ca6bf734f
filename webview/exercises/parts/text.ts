import { EXERCISE_ACTIONS, type ExerciseAction } from '../../../src/contracts/exercise-page';
import { h } from '../../kit/dom';
import { markdown } from '../../kit/markdown';
import type { Page } from '../page';

/** Markdown of an exercise as elements: links act, open a card, or are ordinary ones. Any other link is its text. */
export function exerciseText(text: string, page: Page): Node[] {
  const nodes = markdown(text, { link: (href, content) => link(href, content, page) });
  // A command of one line is read whole; drawings and programs keep their lines.
  for (const node of nodes)
    if (node instanceof HTMLPreElement && !node.textContent.trimEnd().includes('\n')) node.classList.add('one-line');
  return nodes;
}

function link(href: string, content: Node[], page: Page): HTMLElement | null {
  const action = /^socketscope:([\w-]+)$/.exec(href)?.[1] as ExerciseAction | undefined;
  if (action !== undefined) {
    if (!EXERCISE_ACTIONS.includes(action)) return null;
    return pressable(content, { 'data-act': action, 'data-name': `link-${action}` }, () => page.post({ type: 'act', action }));
  }
  const card = /^(?:card:)?([\w-]+?)(?:\.md)?$/.exec(href)?.[1];
  if (card !== undefined && (href.startsWith('card:') || href.endsWith('.md')))
    return pressable(content, { 'data-card': card, 'data-name': `card-${card}` }, () => page.post({ type: 'card', id: card }));
  return /^https?:\/\//.test(href) ? h('a', { href, title: href }, ...content) : null;
}

/** Looks like a link and is a button: it does something here. */
export function pressable(content: (Node | string)[], attributes: Record<string, string>, press: () => void): HTMLElement {
  const element = h('button', { type: 'button', class: 'link', ...attributes }, ...content);
  element.addEventListener('click', press);
  return element;
}

/** The instructions below the title: a first heading that says it again is left out. */
export function instructions(text: string, page: Page): Node[] {
  const nodes = exerciseText(text, page);
  return nodes[0] instanceof HTMLHeadingElement && nodes[0].tagName === 'H1' ? nodes.slice(1) : nodes;
}

/** Sources, as a list of links; an address that is none of the web is shown as text. */
export function sources(list: readonly { title: string; url: string }[]): HTMLElement {
  return h(
    'ul',
    { class: 'sources' },
    ...list.map(({ title, url }) => h('li', {}, /^https?:\/\//.test(url) ? h('a', { href: url, title: url }, title) : `${title}: ${url}`)),
  );
}
