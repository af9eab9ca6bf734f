/** Longer than this a text is cut: a name of a megabyte is laid out in seconds and read by nobody. */
const LONGEST = 10_000;

/**
 * What must not act when it is shown: control characters (an escape sequence of a terminal, NUL), characters that turn the direction of the text around
 * them (Unicode Standard Annex #9, section 2), and halves of surrogate pairs. Line breaks and tabs stay.
 */
const ACTIVE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** A text from a trace as it can be shown beside others: active characters as `\u202e`, no longer than 10,000 characters. */
export function visible(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length.toLocaleString('en')} characters)` : text;
  ACTIVE.lastIndex = 0;
  return ACTIVE.test(cut) ? cut.replace(ACTIVE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`) : cut;
}

/** As long as a file name can be (NAME_MAX of Linux and macOS, the limit of Windows): a longer one is hostile, or a whole path. */
const LONGEST_NAME = 255;

/** A name that stands in a line beside others, many times over: what is too long loses its middle, so that the browser lays out no text that nobody sees. */
export function shortName(text: string): string {
  return text.length <= LONGEST_NAME ? text : `${text.slice(0, 100)}…${text.slice(-(LONGEST_NAME - 101))}`;
}
