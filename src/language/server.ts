/** The language server: answers over any connection; knows nothing of the editor at the other end. */
import {
  CodeLensRefreshRequest,
  type Connection,
  type Location,
  type TextDocumentPositionParams,
  TextDocumentSyncKind,
} from 'vscode-languageserver';
import { DEFAULT_SETTINGS, type LanguageOptions, type LanguageSettings, OTHER_END, RUN_FACTS, type RunFactsParams } from '../contracts/lsp';
import { systemOf } from '../knowledge';
import { actionsOf } from './actions';
import type { Found } from './analysis';
import { completionsAt } from './completions';
import { diagnosticsOf } from './diagnostics';
import { Documents } from './documents';
import { exclusions, isExcluded } from './exclusions';
import { callAt, contains, foreignHover, hoverOf } from './hovers';
import { languagesIn } from './languages';
import { LastRun, type Look } from './last-run';
import { foreignLenses, lateCommand, lateLenses, lensesOf, MANY_LENSES } from './lenses';
import { type OpenCalls, otherEnds } from './other-end';
import { Publisher } from './publisher';
import { hintsOf, symbolsOf } from './symbols';
import { wordHover } from './word-hovers';

export interface ServerDefaults {
  /** Folders for clients that do not say. */
  docs: string;
  grammars: string;
  /** `process.platform` of the programs that the lenses speak of. */
  platform: string;
}

/** Starts to serve. The connection is listened on by the caller's wish: `connection.listen()` is called here. */
export function serve(connection: Connection, defaults: ServerDefaults): void {
  let options: LanguageOptions = { codeLens: true, commands: { runAndTrace: null, showStep: null, openCard: null }, ...defaults };
  let documents = new Documents([]);
  // While the client says who it is, the grammar that is needed next is compiled beside it.
  const languages = languagesIn(defaults.grammars);
  for (const language of languages) language.warm?.();
  let run: LastRun | null = null;
  let refreshes = false;
  let hintRefreshes = false;
  const system = systemOf(defaults.platform);
  const told = new Set<string>();
  const tell = (problem: string): void => {
    if (told.has(problem)) return;
    told.add(problem);
    connection.console.error(problem);
  };

  connection.onInitialize(({ capabilities, initializationOptions }) => {
    options = optionsFrom(initializationOptions, options);
    documents = new Documents(options.grammars === defaults.grammars ? languages : languagesIn(options.grammars));
    hintRefreshes = capabilities.workspace?.inlayHint?.refreshSupport ?? false;
    refreshes = capabilities.workspace?.codeLens?.refreshSupport ?? false;
    return {
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
        ...(options.codeLens ? { codeLensProvider: { resolveProvider: true } } : {}),
        hoverProvider: true,
        completionProvider: { triggerCharacters: ['(', ',', ':', ' ', "'", '"'] },
        // The other end of a connection. Not "definition", which is TypeScript's.
        declarationProvider: true,
        documentSymbolProvider: true,
        inlayHintProvider: true,
        codeActionProvider: { codeActionKinds: ['quickfix', 'refactor.rewrite'] },
      },
      serverInfo: { name: 'socketscope' },
    };
  });

  connection.onDidOpenTextDocument(({ textDocument: { uri, languageId, version, text } }) => {
    documents.opened(uri, languageId, version, text);
    // Not at once: the lenses, which are asked for next, come first.
    publisher.soon(uri);
  });
  connection.onDidChangeTextDocument(({ textDocument: { uri, version }, contentChanges }) => {
    documents.changed(uri, version, contentChanges);
    publisher.soon(uri);
  });
  connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
    documents.closed(uri);
    publisher.forget(uri);
  });

  /** The calls of a document with what the last run did at them. */
  const look = async (uri: string): Promise<(Look & Pick<Found, 'foreign' | 'wordAt'>) | null> => {
    const found = await documents.calls(uri).catch((error: Error) => {
      tell(`Socket calls are not shown in ${uri}: ${error.message}`);
      return null;
    });
    if (!found) return null;
    const { foreign, wordAt } = found;
    if (run) return { ...run.look({ uri, text: found.text }, found.calls), foreign, wordAt };
    return found.calls.length || foreign.length ? { calls: found.calls, facts: new Map(), scene: () => null, foreign, wordAt } : null;
  };

  const publisher = new Publisher(connection, async (uri) => {
    const document = documents.text(uri);
    if (!document) return null;
    const { version } = document;
    const settings = options.settings ?? DEFAULT_SETTINGS;
    if (await documents.settle(uri).catch(() => false)) void refreshLenses();
    const found = settings.diagnostics.enabled ? await look(uri) : null;
    if (!found) return { version, diagnostics: [] };
    // A language whose programs are not traced has no rules.
    const remarks = await documents.remarks(uri);
    if (!remarks) return null;
    const excluded = exclusions(document.getText());
    const diagnostics = diagnosticsOf({
      ...found,
      uri,
      remarks,
      trace: run?.trace ?? null,
      options,
      excluded: (line, rule) => isExcluded(excluded, line, rule),
    });
    return { version, diagnostics };
  });
  const refreshLenses = async (): Promise<void> => {
    // A client that went away in between has no lenses to refresh.
    if (refreshes && options.codeLens) await connection.sendRequest(CodeLensRefreshRequest.type).catch(() => {});
  };
  /** Something other than the text changed: what is shown is fetched again. */
  const refresh = async (): Promise<void> => {
    for (const uri of documents.uris()) void publisher.now(uri);
    if (hintRefreshes) await connection.languages.inlayHint.refresh().catch(() => {});
    await refreshLenses();
  };

  const lensInput = <Seen extends Look>(uri: string, found: Seen) => ({ uri, ...found, trace: run?.trace ?? null, options, system });
  connection.onCodeLens(async ({ textDocument: { uri } }) => {
    const found = await look(uri);
    if (!found) return [];
    const all = [...lensesOf(lensInput(uri, found)), ...foreignLenses(found.foreign, options)];
    return all.length > MANY_LENSES ? lateLenses(all, documents.numberOf(uri), options) : all;
  });
  connection.onCodeLensResolve(async (lens) => {
    const uri = documents.numbered(lens.data);
    const found = uri === null ? null : await look(uri);
    const command = uri !== null && found ? lateCommand(lensInput(uri, found), lens.range) : null;
    // The text has changed since: the lenses of the new text are on their way, and until then this one says nothing.
    return { range: lens.range, command: command ?? { title: '', command: '' } };
  });

  connection.onDocumentSymbol(async ({ textDocument: { uri } }) => symbolsOf((await look(uri))?.calls ?? []));

  connection.languages.inlayHint.on(async ({ textDocument: { uri }, range }) => {
    if (!(options.settings ?? DEFAULT_SETTINGS).inlayHints.enabled) return [];
    const hints = hintsOf((await look(uri))?.calls ?? []);
    return hints.filter(({ position }) => position.line >= range.start.line && position.line <= range.end.line);
  });

  connection.onCodeAction(async ({ textDocument: { uri }, range, context }) => {
    const document = documents.text(uri);
    if (!document) return [];
    const fixes = await documents.fixes(uri, document.offsetAt(range.start), document.offsetAt(range.end));
    return actionsOf({ document, fixes, diagnostics: context.diagnostics, options });
  });

  connection.onDidChangeConfiguration(async ({ settings }) => {
    options = { ...options, settings: settingsFrom(settings?.socketscope, options.settings ?? DEFAULT_SETTINGS) };
    await refresh();
  });

  connection.onHover(async ({ textDocument: { uri }, position }) => {
    const found = await look(uri);
    const at = found ? callAt(found.calls, position) : null;
    if (at && found) return hoverOf(at, found.facts.get(at.call) ?? null, run?.trace ?? null, options);
    const foreign = found?.foreign.find(({ name }) => contains(name, position));
    if (foreign) return foreignHover(foreign, options);
    const word = found?.wordAt?.(position);
    const fact = word?.call ? found?.facts.get(word.call) : undefined;
    return word ? wordHover(word, fact ?? null, run?.trace ?? null, options) : null;
  });

  const lookAtAll = async (): Promise<OpenCalls[]> => {
    const all = await Promise.all(documents.uris().map(async (uri) => ({ uri, look: await look(uri) })));
    return all.flatMap(({ uri, look }) => (look ? [{ uri, look }] : []));
  };
  const otherEnd = async ({ textDocument: { uri }, position }: TextDocumentPositionParams): Promise<Location[]> => {
    const open = await lookAtAll();
    const here = open.find((each) => each.uri === uri);
    const at = here ? callAt(here.look.calls, position) : null;
    return here && at ? otherEnds(at.call, here, run, open) : [];
  };
  connection.onRequest(OTHER_END, otherEnd);
  connection.onDeclaration(otherEnd);

  connection.onCompletion(async ({ textDocument: { uri }, position }) => {
    const document = documents.text(uri);
    const found = document ? await look(uri) : null;
    if (!document || !found || found.calls.length === 0) return [];
    const open = (await lookAtAll()).map((each) => ({ file: each.uri.split('/').at(-1) ?? '', calls: each.look.calls }));
    const known = { run: run?.sites ?? null, open };
    return completionsAt(document, position, found.calls, known);
  });

  connection.onNotification(RUN_FACTS, async ({ trace }: RunFactsParams) => {
    const known = run?.trace ?? null;
    if (trace === null) run = null;
    else if (trace !== known) run = new LastRun(trace);
    const current = run;
    const added = current ? await current.refresh() : false;
    if (current?.problem) tell(`The trace ${current.trace} could not be read: ${current.problem}`);
    if (added || trace !== known) await refresh();
  });

  connection.onShutdown(() => {
    publisher.dispose();
    documents.dispose();
    run = null;
  });
  connection.listen();
}

/** What the client says, with ours where it says nothing. */
function optionsFrom(given: unknown, defaults: LanguageOptions): LanguageOptions {
  const said = (typeof given === 'object' && given !== null ? given : {}) as Partial<LanguageOptions>;
  const settings = settingsFrom(said.settings, DEFAULT_SETTINGS);
  return { ...defaults, ...said, commands: { ...defaults.commands, ...said.commands }, settings };
}

/** Settings that somebody wrote by hand may hold anything: what is no value of one counts as what it was. */
export function settingsFrom(given: unknown, known: LanguageSettings): LanguageSettings {
  const said = (typeof given === 'object' && given !== null ? given : {}) as { [section: string]: { [name: string]: unknown } | undefined };
  const list = (value: unknown, otherwise: readonly string[]): readonly string[] =>
    Array.isArray(value) ? value.filter((each) => typeof each === 'string') : otherwise;
  const flag = (value: unknown, otherwise: boolean): boolean => (typeof value === 'boolean' ? value : otherwise);
  return {
    codeLens: { hide: list(said.codeLens?.hide, known.codeLens.hide) },
    diagnostics: {
      enabled: flag(said.diagnostics?.enabled, known.diagnostics.enabled),
      ignoreRules: list(said.diagnostics?.ignoreRules, known.diagnostics.ignoreRules),
    },
    inlayHints: { enabled: flag(said.inlayHints?.enabled, known.inlayHints.enabled) },
  };
}
