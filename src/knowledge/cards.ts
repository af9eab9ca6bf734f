/**
 * The cards in media/docs: Markdown with a front matter. This reads and checks their text; who calls it reads the files. The
 * front matter is an HTML comment, because a card is read as it is: previews show a `---` block as a table, or as an error.
 */

export interface CardStep {
  field: 'call' | 'api' | 'state';
  value: string;
}

export interface Card {
  /** File name without `.md`. */
  id: string;
  title: string;
  kind: 'call' | 'concept' | 'error';
  /** Ids of the concepts of the lessons that it explains; empty for more than they have. */
  covers: string[];
  /** Where its facts come from: Markdown links. At least one. */
  sources: string[];
  /** Ids of other cards. */
  related: string[];
  /** What to look for in a timeline, in a few words. */
  seeInTimeline: string;
  /** Which step of a run shows it: the first with this call, Node API or state; null when none can. */
  step: CardStep | null;
  /** Markdown below the front matter. */
  body: string;
}

const KEYS = ['id', 'title', 'kind', 'covers', 'sources', 'related', 'see-in-timeline', 'step'] as const;

/** Where sources may lie: documents of those who make or standardise a thing, and two experts. A new host is a decision. */
export const SOURCE_HOSTS: readonly string[] = [
  'man7.org',
  'www.rfc-editor.org',
  'nodejs.org',
  'docs.python.org',
  'docs.libuv.org',
  'github.com',
  'docs.kernel.org',
  'learn.microsoft.com',
  'man.freebsd.org',
  'pubs.opengroup.org',
  'www.iana.org',
  'www.ietf.org',
  'www.ieee802.org',
  'www.iso.org',
  'whatwg.org',
  'vincent.bernat.ch',
  'brooker.co.za',
];

/** Cards of calls, each with a file. */
export const CALL_CARDS = [
  'socket',
  'bind',
  'listen',
  'accept',
  'connect',
  'send',
  'recv',
  'shutdown',
  'close',
  'setsockopt',
  'getsockname',
  'getaddrinfo',
  'select',
  'poll',
  'epoll',
  'kqueue',
  'iocp',
  'io-uring',
] as const;

/**
 * Reads one card. The front matter stands between the lines `<!--` and `-->`: `key: text`, or `key:` and `  - text` lines for lists.
 * Throws an Error that names the card and what is wrong.
 */
export function parseCard(id: string, text: string): Card {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const end = lines.indexOf('-->', 1);
  if (lines[0] !== '<!--' || end < 0) throw new Error(`card ${id}: no front matter between the lines <!-- and -->`);
  const values = new Map<string, string | string[]>();
  let list: string[] | null = null;
  for (const line of lines.slice(1, end)) {
    const item = /^ {2}- (.+)$/.exec(line);
    if (item && list) {
      list.push(item[1]!.trim());
      continue;
    }
    const pair = /^([a-z-]+):(?: (.*))?$/.exec(line);
    if (!pair) throw new Error(`card ${id}: cannot read the front matter line "${line}"`);
    const key = pair[1]!;
    if (!(KEYS as readonly string[]).includes(key)) throw new Error(`card ${id}: unknown key "${key}"`);
    if (values.has(key)) throw new Error(`card ${id}: "${key}" is there twice`);
    list = pair[2] ? null : [];
    values.set(key, pair[2]?.trim() ?? list ?? '');
  }
  const one = (key: string): string => {
    const value = values.get(key);
    if (typeof value !== 'string' || !value) throw new Error(`card ${id}: "${key}" is missing or empty`);
    return value;
  };
  const many = (key: string): string[] => {
    const value = values.get(key);
    if (!Array.isArray(value)) throw new Error(`card ${id}: "${key}" must be a list`);
    return value;
  };
  if (one('id') !== id) throw new Error(`card ${id}: its id says "${one('id')}"`);
  const kind = one('kind');
  if (kind !== 'call' && kind !== 'concept') throw new Error(`card ${id}: kind must be call or concept, not "${kind}"`);
  const said = (key: string): string => (values.has(key) ? one(key) : '');
  const step = /^(?:(call|api|state) (\S.*))?$/.exec(said('step'));
  if (!step) throw new Error(`card ${id}: "step" must be call, api or state and a name, not "${said('step')}"`);
  return {
    id,
    title: one('title'),
    kind,
    covers: said('covers').split(', ').filter(Boolean),
    sources: many('sources'),
    related: many('related'),
    seeInTimeline: one('see-in-timeline'),
    step: step[1] ? { field: step[1] as CardStep['field'], value: step[2]! } : null,
    body: lines
      .slice(end + 1)
      .join('\n')
      .trim(),
  };
}

/** How a card must end: what its front matter says, for the reader. */
export function cardFooter(card: Card, cards: readonly Card[]): string {
  const titles = new Map(cards.map(({ id, title }) => [id, title]));
  const related = card.related.map((id) => `[${titles.get(id) ?? id}](${id}.md)`);
  return [
    '---',
    `In your timeline: ${card.seeInTimeline}.`,
    `Sources: ${card.sources.join(' · ')}`,
    ...(related.length ? [`See also: ${related.join(' · ')}`] : []),
  ].join('\n\n');
}

function linkProblem(address: string): string | null {
  const [, host, pathname] = /^https:\/\/([\w.-]+)(\/[^?#]*)(?:\?[^#]*)?(?:#.+)?$/.exec(address) ?? [];
  if (!host || !pathname) return `"${address}" is no address of a page`;
  if (!SOURCE_HOSTS.includes(host)) return `"${host}" is not on the list of sources`;
  const wrong =
    (host === 'man7.org' && !/^\/linux\/man-pages\/man(\d)\/[\w-]+\.\1\.html$/.test(pathname)) ||
    (host === 'www.rfc-editor.org' && !/^\/rfc\/rfc\d+$/.test(pathname)) ||
    (host === 'github.com' && !/^\/(libuv\/libuv|torvalds\/linux)(\/|$)/.test(pathname));
  return wrong ? `"${address}" does not look like a page of ${host}` : null;
}

/** What is wrong with a set of cards, in sentences; empty when all is well. */
export function checkCards(cards: readonly Card[]): string[] {
  const problems: string[] = [];
  const ids = new Set<string>();
  for (const card of cards) {
    if (ids.has(card.id)) problems.push(`card ${card.id}: the id is used twice`);
    ids.add(card.id);
  }
  for (const card of cards) {
    if (card.sources.length === 0) problems.push(`card ${card.id}: no source`);
    for (const source of card.sources) {
      if (!/^\[[^\]]+\]\(https:\/\/[^)\s]+\)/.test(source))
        problems.push(`card ${card.id}: the source "${source}" is not a Markdown link to an https address`);
    }
    for (const [, address] of `${card.sources.join(' ')} ${card.body}`.matchAll(/\]\((https:[^)\s]*)\)/g)) {
      const problem = linkProblem(address!);
      if (problem) problems.push(`card ${card.id}: ${problem}`);
    }
    for (const related of card.related) if (!ids.has(related)) problems.push(`card ${card.id}: related card "${related}" does not exist`);
    if (card.related.includes(card.id)) problems.push(`card ${card.id}: related to itself`);
    for (const link of card.body.matchAll(/\]\((?!https:|#)([^)]+)\)/g)) {
      const target = /^([a-z0-9-]+)\.md(?:#.*)?$/.exec(link[1]!);
      if (!target || !ids.has(target[1]!)) problems.push(`card ${card.id}: dead link "${link[1]}"`);
    }
    if (!card.body.endsWith(`\n\n${cardFooter(card, cards)}`))
      problems.push(`card ${card.id}: it must end with\n${cardFooter(card, cards)}`);
    if (!card.body.startsWith('# ')) problems.push(`card ${card.id}: the body does not begin with a heading`);
  }
  for (const id of CALL_CARDS) if (!ids.has(id)) problems.push(`the card "${id}" is missing`);
  return problems;
}
