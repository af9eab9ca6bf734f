/** Lenses of a document: one line over each line with a call, what it leads to or what it did. */
import type { CodeLens, Command, Range } from 'vscode-languageserver';
import { DEFAULT_SETTINGS, type LanguageOptions, type OpenCardArgs, type ShowStepArgs } from '../contracts/lsp';
import { APIS, type System } from '../knowledge';
import type { ForeignCall, Place, SocketCall } from './analysis';
import type { RunFact } from './last-run';
import { lensKind, lensText, startsClient, startsServer } from './lens-text';

export interface LensInput {
  uri: string;
  calls: readonly SocketCall[];
  facts: ReadonlyMap<SocketCall, RunFact>;
  /** Path of the trace that the facts are from. */
  trace: string | null;
  options: LanguageOptions;
  system: System;
}

export const RUN_TITLE = '▶ Run and trace';
export const CLIENT_TITLE = 'with a client...';
const STALE = ' (before your edit)';

export function lensesOf(input: LensInput): CodeLens[] {
  const { calls, options } = input;
  const run = options.commands.runAndTrace ? (calls.find(startsServer) ?? calls.find(startsClient)) : undefined;
  const lenses: CodeLens[] = [];
  // Many calls of one name on a line say the same before a run: once is enough.
  const told = new Set<string>();
  let line = -1;
  // The chain of a listen says it all, when the createServer stands on the same line.
  const listening = new Set(calls.filter(({ api }) => api === 'server.listen' || api === 'dgram.bind').map(lineAndOrigin));
  for (const call of calls) {
    if (call === run) lenses.push(lens(call, { title: RUN_TITLE, command: options.commands.runAndTrace!, arguments: [input.uri] }));
    // A server alone waits for ever: the learner is offered somebody to talk to it, unless the same file has a client in it.
    if (call === run && options.commands.runWithClient && startsServer(call) && calls.filter(talks).length === 1)
      lenses.push(lens(call, { title: CLIENT_TITLE, command: options.commands.runWithClient, arguments: [input.uri] }));
    if (startsServer(call) && listening.has(lineAndOrigin(call))) continue;
    const command = infoOf(call, input);
    if (!command) continue;
    if (call.name.start.line !== line) {
      line = call.name.start.line;
      told.clear();
    }
    if (told.has(command.title)) continue;
    told.add(command.title);
    lenses.push(lens(call, command));
  }
  return lenses;
}

/** What may be an end of a conversation. */
const talks = (call: SocketCall) => startsServer(call) || startsClient(call);

const lineAndOrigin = ({ name, origin }: SocketCall): string => `${name.start.line} ${origin}`;

function infoOf(call: SocketCall, { facts, trace, options, system }: LensInput): Command | null {
  const kind = lensKind(call);
  if (kind && (options.settings ?? DEFAULT_SETTINGS).codeLens.hide.includes(kind)) return null;
  const text = lensText(call, system);
  if (!text) return null;
  const fact = facts.get(call);
  if (fact && trace) {
    const args: ShowStepArgs = { trace, step: fact.step };
    return { title: fact.stale ? fact.text + STALE : fact.text, command: options.commands.showStep ?? '', arguments: [args] };
  }
  const card: OpenCardArgs = { id: APIS[call.api].card };
  return { title: text, command: options.commands.openCard ?? '', arguments: [card] };
}

/** A document with more lenses than this is told where they are; what each says is asked for when it comes into view. No file that teaches has so many. */
export const MANY_LENSES = 500;

/** What a lens carries whose text is still to be asked for: the number of its document. */
export type LateLens = number;

/** The places of many lenses, without what they say: a fifth of the bytes on each key. What runs the program keeps its text. */
export function lateLenses(lenses: readonly CodeLens[], document: LateLens, { commands }: LanguageOptions): CodeLens[] {
  const runs = (command: Command | undefined) => command?.command === commands.runAndTrace || command?.command === commands.runWithClient;
  return lenses.map((one) => (runs(one.command) ? one : { range: one.range, data: document }));
}

/** What the lens at a place says; null when the text has changed since and there is no such call any more. */
export function lateCommand(input: LensInput & { foreign: readonly ForeignCall[] }, range: Range): Command | null {
  const here = ({ name }: { name: SocketCall['name'] }) => samePlace(name.start, range.start) && samePlace(name.end, range.end);
  const call = input.calls.find(here);
  if (call) return infoOf(call, input);
  const foreign = input.foreign.find(here);
  return foreign ? foreignCommand(foreign, input.options) : null;
}

const samePlace = (a: Place, b: Place): boolean => a.line === b.line && a.character === b.character;

const lens = (call: { name: SocketCall['name'] }, command: Command): CodeLens => ({ range: call.name, command });

/** Lenses of a language whose programs are not traced: what the first call of each line leads to. */
export function foreignLenses(calls: readonly ForeignCall[], options: LanguageOptions): CodeLens[] {
  const lines = new Set<number>();
  return calls.flatMap((call) => {
    const { line } = call.name.start;
    const command = foreignCommand(call, options);
    if (!command || lines.has(line)) return [];
    lines.add(line);
    return [lens(call, command)];
  });
}

function foreignCommand(call: ForeignCall, options: LanguageOptions): Command | null {
  const card: OpenCardArgs = { id: call.entry.card };
  return call.lens === null ? null : { title: call.lens, command: options.commands.openCard ?? '', arguments: [card] };
}
