/** The hover of an option, address, port or error code: at most twelve lines, then a link to its card. */
import type { Hover } from 'vscode-languageserver';
import type { LanguageOptions } from '../contracts/lsp';
import { addressEntry, errnoCard, MESSAGE_CARDS, optionEntry, portEntry, type WordEntry } from '../knowledge';
import type { SocketWord } from './analysis';
import { cardLink, runLine } from './hovers';
import type { RunFact } from './last-run';

/** null when there is nothing to say of it. */
export function wordHover(word: SocketWord, fact: RunFact | null, trace: string | null, options: LanguageOptions): Hover | null {
  const text = word.kind === 'error' ? errorText(word.text, options) : entryText(word, fact, trace, options);
  return text === null ? null : { contents: { kind: 'markdown', value: text }, range: word.span };
}

function entryOf({ kind, text, call, local }: SocketWord): WordEntry | null {
  if (kind === 'option') return call ? optionEntry(text, call.api) : null;
  return kind === 'port' ? portEntry(Number(text), local ?? false) : addressEntry(text, local ?? false);
}

function entryText(word: SocketWord, fact: RunFact | null, trace: string | null, options: LanguageOptions): string | null {
  const entry = entryOf(word);
  if (!entry) return null;
  const run = runLine(fact, trace, options);
  return [
    `**\`${entry.title}\`** ${entry.what}`,
    '',
    ...(run ? [run] : []),
    ...entry.lines.map(([label, text]) => `- ${label}: ${text}`),
    ...(run || entry.lines.length ? [''] : []),
    cardLink(entry.card, entry.references, options),
  ].join('\n');
}

function errorText(code: string, options: LanguageOptions): string | null {
  const card = errnoCard(code, 'tcp') ?? MESSAGE_CARDS.get(code);
  if (!card) return null;
  const udp = errnoCard(code, 'udp');
  return [
    `**\`${code}\`** ${card.cause[0]!.toUpperCase()}${card.cause.slice(1)}.`,
    '',
    ...(card.ask ? [`- First question: ${card.ask}`] : []),
    `- Fix: ${card.fix}.`,
    ...(udp && udp !== card ? [`- On a UDP socket: ${udp.cause}.`] : []),
    ...(card.note ? [`- Easily taken wrong: ${card.note}`] : []),
    '',
    cardLink(options.commands.openCard ? code : 'errors', [card.reference], options),
  ].join('\n');
}
