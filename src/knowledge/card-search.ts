/** Finds cards by words. */
import type { Card } from './cards';

type Searchable = Pick<Card, 'id' | 'title' | 'body'>;

/**
 * The cards in which every word of `text` begins a word or stands in the title, best first; all of them, as they are, for no words. Where
 * no card has all words, those whose title stands in the text as a whole: so the message of an error, pasted as it was printed, finds its card.
 */
export function searchCards<T extends Searchable>(cards: readonly T[], text: string): T[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...cards];
  const ranked: { card: T; rank: number }[] = [];
  for (const card of cards) {
    const title = `${card.title} ${card.id}`.toLowerCase();
    const body = card.body.toLowerCase();
    let rank = 0;
    for (const word of words) {
      const here =
        title === word || card.id.toLowerCase() === word
          ? 8
          : begins(title, word)
            ? 4
            : title.includes(word)
              ? 2
              : begins(body, word)
                ? 1
                : 0;
      if (here === 0) {
        rank = 0;
        break;
      }
      rank += here;
    }
    if (rank > 0) ranked.push({ card, rank });
  }
  if (ranked.length === 0) return namedIn(cards, ` ${words.join(' ')} `);
  // A stable sort: equal ones keep their order.
  return ranked.sort((a, b) => b.rank - a.rank).map(({ card }) => card);
}

/** Cards with the longest names first. */
function namedIn<T extends Searchable>(cards: readonly T[], text: string): T[] {
  return cards.filter(({ title }) => whole(text, title.toLowerCase())).sort((a, b) => b.title.length - a.title.length);
}

function whole(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at > 0; at = text.indexOf(name, at + 1))
    if (!/\w/.test(text[at - 1]!) && !/\w/.test(text[at + name.length]!)) return true;
  return false;
}

/** `word` stands in the text at the beginning of a word. */
function begins(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (at === 0 || !/[a-z0-9]/.test(text[at - 1]!)) return true;
  }
  return false;
}
