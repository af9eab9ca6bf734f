/** The card of a call, short: at most twelve lines of Markdown, then links to more. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Hover } from 'vscode-languageserver';
import type { LanguageOptions, OpenCardArgs, ShowStepArgs } from '../contracts/lsp';
import { APIS, type ApiEntry, errnoCard, type Reference } from '../knowledge';
import type { ErrorLine, ForeignCall, Place, SocketCall, Span } from './analysis';
import type { RunFact } from './last-run';

/** Errors shown at most; the card has all. */
const ERRORS = 3;

/** The call whose name (or event name) is at a place. */
export function callAt(calls: readonly SocketCall[], place: Place): { call: SocketCall; span: Span } | null {
  for (const call of calls) {
    if (contains(call.name, place)) return { call, span: call.name };
    if (call.event && contains(call.event, place)) return { call, span: call.event };
  }
  return null;
}

export function hoverOf(
  found: { call: SocketCall; span: Span },
  fact: RunFact | null,
  trace: string | null,
  options: LanguageOptions,
): Hover {
  const card = cardText(APIS[found.call.api], fact, trace, options);
  return { contents: { kind: 'markdown', value: found.call.seen ? `What your last run did here: ${card}` : card }, range: found.span };
}

/** The card of a call of another language: no run says more of it. */
export const foreignHover = ({ entry, name, errors }: ForeignCall, options: LanguageOptions): Hover => ({
  contents: { kind: 'markdown', value: cardText(entry, null, null, options, errors) },
  range: name,
});

/** At most 12 lines, blank ones included. */
export function cardText(
  entry: ApiEntry,
  fact: RunFact | null,
  trace: string | null,
  options: LanguageOptions,
  errors: readonly ErrorLine[] = errorsOf(entry),
): string {
  const lines = [`**\`${entry.title}\`** ${entry.what}`, ''];
  // First, because an editor shows the top of a long hover and scrolls the rest.
  const run = runLine(fact, trace, options);
  if (run) lines.push(run);
  const { linux, macos, windows } = entry.calls;
  if (linux === macos && macos === windows) {
    const same = linux.startsWith('none') ? `no system call${linux.slice('none'.length)}` : linux;
    lines.push(`- System calls: ${entry.libuv ? `libuv ${entry.libuv}; ` : ''}${same}`);
  } else {
    if (entry.libuv) lines.push(`- libuv: ${entry.libuv}`);
    if (linux === macos) lines.push(`- Linux, macOS: ${linux}`);
    else lines.push(`- Linux: ${linux}`, `- macOS: ${macos}`);
    lines.push(`- Windows: ${windows}`);
  }
  lines.push(`- States: ${entry.states}`);
  const room = 12 - lines.length - 2;
  for (const { code, cause, fix } of errors.slice(0, Math.min(ERRORS, room))) lines.push(`- \`${code}\`: ${cause}. Fix: ${fix}.`);
  lines.push('', cardLink(entry.card, entry.references, options));
  return lines.join('\n');
}

const errorsOf = ({ errors, udp }: ApiEntry): ErrorLine[] => errors.flatMap((code) => errnoCard(code, udp ? 'udp' : 'tcp') ?? []);

function stepLink(fact: RunFact, trace: string, options: LanguageOptions): string {
  const label = `step ${fact.step}`;
  if (!options.commands.showStep) return label;
  const args: ShowStepArgs = { trace, step: fact.step };
  return `[${label}](${commandUri(options.commands.showStep, args)})`;
}

/** What the last run did there; null when it did nothing, or there was none. */
export const runLine = (fact: RunFact | null, trace: string | null, options: LanguageOptions): string | null =>
  fact && trace
    ? `- In your last run${fact.stale ? ' (before your edit)' : ''}: **${asText(fact.text)}** ${stepLink(fact, trace, options)}`
    : null;

/** The last line of a hover: to the card, and to the sources. */
export function cardLink(id: string, references: readonly Reference[], options: LanguageOptions): string {
  const card: OpenCardArgs = { id };
  const target = options.commands.openCard
    ? commandUri(options.commands.openCard, card)
    : pathToFileURL(join(options.docs, `${id}.md`)).href;
  return [`[More about ${id}](${target})`, ...references.map(({ title, url }: Reference) => `[${title}](${url})`)].join(' · ');
}

const commandUri = (command: string, args: unknown): string => `command:${command}?${encodeURIComponent(JSON.stringify([args]))}`;

/** Addresses and paths come from a run: never markup. */
const asText = (text: string): string => text.replace(/[\\`*_{}[\]()#+!|<>&]/g, '\\$&');

/** Both ends belong to it: the pointer may stand behind the last letter. */
export function contains(span: Span, place: Place): boolean {
  const { start, end } = span;
  if (place.line < start.line || place.line > end.line) return false;
  if (place.line === start.line && place.character < start.character) return false;
  return !(place.line === end.line && place.character > end.character);
}
