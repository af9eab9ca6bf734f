/** `socketscope docs [WORDS]`: the cards of the Syscall Reference in the terminal. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Card, cardsOf, searchCards } from '../knowledge';
import { UserError } from '../runner/program';
import type { Cli } from './cli';
import { parse } from './options';

const KINDS = { call: 'System calls', concept: 'Concepts', error: 'Errors' } as const;
/** So many are named when words fit several cards. */
const MOST = 12;

/** One card, when its id is named or only one fits the words; else a list to choose from. */
export function docsCommand({ args, dist }: Cli): void {
  const { values, positionals } = parse('docs', args, { json: { type: 'boolean' } });
  const cards = readCards(join(dist, '..', 'media', 'docs'));
  const wanted = positionals.join(' ');
  const named = cards.find(({ id }) => id.toLowerCase() === wanted.toLowerCase());
  const found = named ? [named] : searchCards(cards, wanted);
  if (found.length === 0) throw new UserError(`docs: no card has "${wanted}"; socketscope docs lists them all`);
  if (values.json) process.stdout.write(`${JSON.stringify(found.map(shown), null, 2)}\n`);
  else if (found.length === 1) process.stdout.write(`${found[0]!.body.trim()}\n`);
  else process.stdout.write(wanted === '' ? everything(found) : choice(found, wanted));
}

function readCards(folder: string): Card[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.md'));
    return cardsOf(names.map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') })));
  } catch (error) {
    throw new UserError(`docs: the cards cannot be read (${(error as Error).message}); installing Socketscope again should help`);
  }
}

const shown = ({ id, title, kind, body, sources, related }: Card) => ({ id, title, kind, sources, related, body });

const line = ({ id, title }: Card) => `  ${id.padEnd(30)} ${title}`;

function everything(cards: readonly Card[]): string {
  const parts = Object.entries(KINDS).map(([kind, heading]) =>
    [heading, ...cards.filter((card) => card.kind === kind).map(line)].join('\n'),
  );
  return `${parts.join('\n\n')}\n\nRead one with: socketscope docs ID\n`;
}

function choice(cards: readonly Card[], words: string): string {
  const more = cards.length > MOST ? `\n  and ${cards.length - MOST} more` : '';
  return `${cards.length} cards have "${words}":\n${cards.slice(0, MOST).map(line).join('\n')}${more}\n\nRead one with: socketscope docs ID\n`;
}
