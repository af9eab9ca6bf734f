/** Where the words of a text stand. */

const WORD = /[\p{ID_Continue}$\u200c\u200d]/u;

/** Where words stand in a text: found by searching for the first few, then by one pass over all of it. */
export class Words {
  private index: Map<string, number[]> | null = null;
  private searches = 0;

  constructor(private readonly text: string) {}

  /** Offsets of `word` where it is not part of a longer identifier. */
  offsets(word: string): readonly number[] {
    // A name that the parser put in where one is missing is empty.
    if (word === '') return [];
    if (this.index === null && ++this.searches <= SEARCHES) return this.search(word);
    this.index ??= this.all();
    return this.index.get(word) ?? [];
  }

  private search(word: string): number[] {
    const { text } = this;
    const found: number[] = [];
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
      if (!isWord(text, at - 1) && !isWord(text, at + word.length)) found.push(at);
    }
    return found;
  }

  private all(): Map<string, number[]> {
    const { text } = this;
    const index = new Map<string, number[]>();
    for (let at = 0; at < text.length; at++) {
      if (!isWord(text, at)) continue;
      const start = at;
      while (isWord(text, ++at));
      const word = text.slice(start, at);
      const found = index.get(word);
      if (found) found.push(start);
      else index.set(word, [start]);
    }
    return index;
  }
}

/** From so many words on one pass over the text costs less than a search for each. */
const SEARCHES = 12;

/** ASCII by table, the rest by its Unicode property. */
const ASCII = Uint8Array.from({ length: 128 }, (_, code) => (/[\w$]/.test(String.fromCharCode(code)) ? 1 : 0));

function isWord(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code < 128) return ASCII[code] === 1;
  return code >= 128 && WORD.test(text[at]!);
}
