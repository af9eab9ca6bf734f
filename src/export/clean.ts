/** Text from a program or file, without what could move a terminal's cursor or turn the order of characters round. */
export const clean = (text: string): string =>
  text.replace(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
