/**
 * Markdown as elements. The parser only makes tokens; every element is made here, and text stays text: there is no HTML in between,
 * and HTML in the source is shown as it is written.
 */
import { lexer, type Token, type Tokens } from 'marked';
import { h } from './dom';
import { visible } from './visible';

export interface MarkdownOptions {
  /** Makes the element of a link, with its content; null leaves the content alone. */
  link(href: string, content: Node[]): HTMLElement | null;
}

/** The elements of a text, in order. */
export function markdown(text: string, options: MarkdownOptions): Node[] {
  return lexer(text).flatMap((token) => block(token, options));
}

const all = (tokens: readonly Token[] | undefined, options: MarkdownOptions): Node[] =>
  (tokens ?? []).flatMap((token) => inline(token, options));

function block(token: Token, options: MarkdownOptions): Node[] {
  switch (token.type) {
    case 'heading': {
      const level = Math.min((token as Tokens.Heading).depth, 4) as 1 | 2 | 3 | 4;
      return [h(`h${level}`, {}, ...all(token.tokens, options))];
    }
    case 'paragraph':
      return [h('p', {}, ...all(token.tokens, options))];
    case 'list': {
      const list = token as Tokens.List;
      const items = list.items.map((item) => h('li', {}, ...item.tokens.flatMap((child) => block(child, options))));
      return [list.ordered ? h('ol', {}, ...items) : h('ul', {}, ...items)];
    }
    case 'table':
      return [table(token as Tokens.Table, options)];
    case 'code':
      // Reached by Tab: a long line scrolls inside its box.
      return [h('pre', { tabindex: 0 }, h('code', {}, (token as Tokens.Code).text))];
    case 'hr':
      return [h('hr')];
    case 'space':
      return [];
    default:
      return inline(token, options);
  }
}

function table({ header, rows }: Tokens.Table, options: MarkdownOptions): HTMLElement {
  // An empty heading says nothing to anybody: it is an ordinary cell.
  const heads = header.map(({ tokens }) => (tokens.length ? h('th', { scope: 'col' }, ...all(tokens, options)) : h('td')));
  const lines = rows.map((cells) => h('tr', {}, ...cells.map(({ tokens }) => h('td', {}, ...all(tokens, options)))));
  return h(
    'div',
    { class: 'table', tabindex: 0, role: 'group', 'aria-label': 'Table' },
    h('table', {}, h('thead', {}, h('tr', {}, ...heads)), h('tbody', {}, ...lines)),
  );
}

function inline(token: Token, options: MarkdownOptions): Node[] {
  switch (token.type) {
    case 'strong':
      return [h('strong', {}, ...all(token.tokens, options))];
    case 'em':
      return [h('em', {}, ...all(token.tokens, options))];
    case 'codespan':
      return [h('code', {}, (token as Tokens.Codespan).text)];
    case 'br':
      return [h('br')];
    case 'escape':
      return [words((token as Tokens.Escape).text)];
    case 'link': {
      const content = all(token.tokens, options);
      const element = options.link((token as Tokens.Link).href, content);
      return element ? [element] : content;
    }
    case 'text':
      return token.tokens ? all(token.tokens, options) : [words(plain((token as Tokens.Text).text))];
    default:
      return [words(token.raw)];
  }
}

/** Text as it can be shown: what a teacher or a learner wrote may hold anything. */
const words = (text: string): Text => document.createTextNode(visible(text));

/** Entities that a Markdown text may hold. */
const plain = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot);/g, (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"' })[name]!);
