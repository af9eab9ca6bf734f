// Finds what a TypeScript file imports, by its tokens: comments, strings, templates and regular expressions that only look like
// imports are none. A parser would do as well; type-only imports must be seen too, and bundlers drop those.

/** After one of these a `/` begins a regular expression; after anything else it divides. */
const BEFORE_REGEX = /^(?:[([{,;=:!&|?+\-*%~^<>]|return|typeof|case|in|of|void|delete|do|else|yield|await|throw|new|=>)$/;

/** The end of a quoted text that begins at `at`, after its closing quote; templates may nest `${...}`. */
function endOfText(text, at) {
  const quote = text[at];
  for (let index = at + 1; index < text.length; index++) {
    if (text[index] === '\\') index++;
    else if (text[index] === quote) return index + 1;
    else if (quote === '`' && text.startsWith('${', index)) {
      let depth = 1;
      for (index += 2; index < text.length && depth > 0; index++) {
        if (text[index] === '{') depth++;
        else if (text[index] === '}') depth--;
        else if ('\'"`'.includes(text[index])) index = endOfText(text, index) - 1;
      }
      index--;
    }
  }
  return text.length;
}

/** The end of a regular expression that begins at `at`; a `/` in a character class does not end it. */
function endOfRegex(text, at) {
  let inClass = false;
  for (let index = at + 1; index < text.length && text[index] !== '\n'; index++) {
    if (text[index] === '\\') index++;
    else if (text[index] === '[') inClass = true;
    else if (text[index] === ']') inClass = false;
    else if (text[index] === '/' && !inClass) return index + 1;
  }
  return at + 1;
}

/** The place behind the next `mark`; the end when there is none. */
function after(text, mark, from) {
  const at = text.indexOf(mark, from);
  return at < 0 ? text.length : at + mark.length;
}

/** Words, punctuation and texts; a text is `{ text }`, everything else a string. */
function tokens(source) {
  const found = [];
  let at = 0;
  while (at < source.length) {
    const char = source[at];
    if (/\s/.test(char)) at++;
    else if (source.startsWith('//', at)) at = after(source, '\n', at);
    else if (source.startsWith('/*', at)) at = after(source, '*/', at + 2);
    else if ('\'"`'.includes(char)) {
      const end = endOfText(source, at);
      found.push({ text: source.slice(at + 1, end - 1) });
      at = end;
    } else if (char === '/' && (found.length === 0 || BEFORE_REGEX.test(found.at(-1)))) at = endOfRegex(source, at);
    else {
      const word = /^[\w$]+/.exec(source.slice(at, at + 80))?.[0] ?? char;
      found.push(word);
      at += word.length;
    }
  }
  return found;
}

/**
 * What a file imports, re-exports or requires, in order, type-only imports included.
 * @param {string} source
 * @returns {string[]} the names as written
 */
export function importsOf(source) {
  const found = [];
  const list = tokens(source);
  const text = (index) => list[index]?.text;
  list.forEach((token, index) => {
    // A property or a method of that name is no import.
    if (list[index - 1] === '.') return;
    if ((token === 'import' || token === 'require') && list[index + 1] === '(' && text(index + 2) !== undefined)
      found.push(text(index + 2));
    else if (token === 'import' && text(index + 1) !== undefined) found.push(text(index + 1));
    else if (token === 'import' || token === 'export') {
      // `from` closes the clause; what may stand between are names, braces, commas, `*`, `as`, `type`.
      for (let next = index + 1; typeof list[next] === 'string' && /^[\w$*{},]+$/.test(list[next]); next++) {
        if (list[next] === 'from' && text(next + 1) !== undefined) {
          found.push(text(next + 1));
          break;
        }
      }
    }
  });
  return found;
}
