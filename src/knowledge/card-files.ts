/** All cards of a folder's files: those that are written, and those of error codes. */
import { type Card, parseCard } from './cards';
import { errorCards } from './error-cards';

const ORDER = { call: 0, concept: 1, error: 2 } as const;

/** `files`: names and texts of media/docs. By kind, then by title. Throws what `parseCard` throws. */
export function cardsOf(files: readonly { name: string; text: string }[]): Card[] {
  const written = files.filter(({ name }) => name.endsWith('.md')).map(({ name, text }) => parseCard(name.slice(0, -3), text));
  return [...written, ...errorCards(written)].sort((a, b) => ORDER[a.kind] - ORDER[b.kind] || a.title.localeCompare(b.title, 'en'));
}
