import { base64 } from './json';

/** What an exported page is made of. */
export interface HtmlParts {
  /** Scripts in the order in which they run: the host of the page, then the timeline. */
  scripts: string[];
  styles: string[];
  /** The trace, as it is in its file. */
  trace: Iterable<Uint8Array>;
  /** Name of the trace. */
  title: string;
  /** The step at which it opens. */
  step: number;
  /** A random word: only scripts and styles that carry it run (Content-Security-Policy). */
  nonce: string;
}

/**
 * One HTML file with the whole timeline and a trace in it: opens in any browser, offline, and loads nothing. The trace is carried as base64 in an
 * element that is never run, and the policy allows this page's own scripts only: what a program sent or how its files are called stays data.
 * Yields pieces of the file.
 */
export function* exportHtml(parts: HtmlParts): Iterable<string> {
  const { nonce } = parts;
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; font-src data:; base-uri 'none'; form-action 'none'`;
  const carried = { title: parts.title, step: parts.step };
  yield `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${nonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Socketscope</title>
`;
  for (const style of parts.styles) yield `<style nonce="${nonce}">\n${ownText(style).replace(/<(?=\/style)/gi, '\\3c ')}\n</style>\n`;
  yield `</head>
<body>
<noscript>This page shows a trace of Socketscope; it needs JavaScript, and nothing else.</noscript>
<div id="app"></div>
<script type="application/json" id="carried">${JSON.stringify(carried).replace(/</g, '\\u003c')}</script>
<script type="application/octet-stream" id="trace">
`;
  for (const piece of wholeTriples(parts.trace)) yield `${base64(piece)}\n`;
  yield '</script>\n';
  // In a script these words can stand only in strings, templates, regular expressions and comments: escaped they mean the same there.
  for (const script of parts.scripts)
    yield `<script nonce="${nonce}">\n${ownText(script).replace(/<(?=\/?script)/gi, '\\x3c')}\n</script>\n`;
  yield '</body>\n</html>\n';
}

/** Without the comment that names a source map: there is none beside the page. */
function ownText(text: string): string {
  return text.replace(/^(\/\/|\/\*)# sourceMappingURL=.*$/gm, '');
}

/** The same bytes in pieces of a multiple of three, but for the last: their base64 can be put together. */
function* wholeTriples(pieces: Iterable<Uint8Array>): Iterable<Uint8Array> {
  let rest = new Uint8Array(0);
  for (const piece of pieces) {
    const joined = new Uint8Array(rest.length + piece.length);
    joined.set(rest);
    joined.set(piece, rest.length);
    const whole = joined.length - (joined.length % 3);
    if (whole > 0) yield joined.subarray(0, whole);
    rest = joined.slice(whole);
  }
  if (rest.length > 0) yield rest;
}

/** A style sheet whose font is carried along: `url(...)` of a `.ttf` becomes a data address. */
export function withFont(style: string, font: Uint8Array): string {
  return style.replace(/url\(["']?[^)"']*\.ttf[^)"']*["']?\)/g, `url("data:font/ttf;base64,${base64(font)}")`);
}
