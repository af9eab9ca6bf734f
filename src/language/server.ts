/** The language server: answers over any connection; knows nothing of the editor at the other end. */
import { CodeLensRefreshRequest, type Connection, TextDocumentSyncKind } from 'vscode-languageserver';
import { type LanguageOptions, RUN_FACTS, type RunFactsParams } from '../contracts/lsp';
import { systemOf } from '../knowledge';
import type { SocketCall } from './analysis';
import { Documents } from './documents';
import { callAt, contains, foreignHover, hoverOf } from './hovers';
import { languagesIn } from './languages';
import { LastRun, type RunFact } from './last-run';
import { foreignLenses, lensesOf } from './lenses';

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
  let run: LastRun | null = null;
  let refreshes = false;
  const system = systemOf(defaults.platform);
  const told = new Set<string>();
  const tell = (problem: string): void => {
    if (told.has(problem)) return;
    told.add(problem);
    connection.console.error(problem);
  };

  connection.onInitialize(({ capabilities, initializationOptions }) => {
    options = optionsFrom(initializationOptions, options);
    documents = new Documents(languagesIn(options.grammars));
    refreshes = capabilities.workspace?.codeLens?.refreshSupport ?? false;
    return {
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
        ...(options.codeLens ? { codeLensProvider: { resolveProvider: false } } : {}),
        hoverProvider: true,
      },
      serverInfo: { name: 'socketscope' },
    };
  });

  connection.onDidOpenTextDocument(({ textDocument: { uri, languageId, version, text } }) =>
    documents.opened(uri, languageId, version, text),
  );
  connection.onDidChangeTextDocument(({ textDocument: { uri, version }, contentChanges }) =>
    documents.changed(uri, version, contentChanges),
  );
  connection.onDidCloseTextDocument(({ textDocument: { uri } }) => documents.closed(uri));

  /** The calls of a document with what the last run did at them. */
  const look = async (uri: string) => {
    const found = await documents.calls(uri).catch((error: Error) => {
      tell(`Socket calls are not shown in ${uri}: ${error.message}`);
      return null;
    });
    if (!found) return null;
    const { foreign } = found;
    if (run) return { ...run.look({ uri, lines: found.lines() }, found.calls), foreign };
    return found.calls.length || foreign.length ? { calls: found.calls, facts: new Map<SocketCall, RunFact>(), foreign } : null;
  };

  connection.onCodeLens(async ({ textDocument: { uri } }) => {
    const found = await look(uri);
    if (!found) return [];
    return [...lensesOf({ uri, ...found, trace: run?.trace ?? null, options, system }), ...foreignLenses(found.foreign, options)];
  });

  connection.onHover(async ({ textDocument: { uri }, position }) => {
    const found = await look(uri);
    const at = found ? callAt(found.calls, position) : null;
    if (at && found) return hoverOf(at, found.facts.get(at.call) ?? null, run?.trace ?? null, options);
    const foreign = found?.foreign.find(({ name }) => contains(name, position));
    return foreign ? foreignHover(foreign, options) : null;
  });

  connection.onNotification(RUN_FACTS, async ({ trace }: RunFactsParams) => {
    const known = run?.trace ?? null;
    if (trace === null) run = null;
    else if (trace !== known) run = new LastRun(trace);
    const current = run;
    const added = current ? await current.refresh() : false;
    if (current?.problem) tell(`The trace ${current.trace} could not be read: ${current.problem}`);
    if ((added || trace !== known) && refreshes && options.codeLens) {
      // A client that went away in between has no lenses to refresh.
      await connection.sendRequest(CodeLensRefreshRequest.type).catch(() => {});
    }
  });

  connection.onShutdown(() => {
    documents.dispose();
    run = null;
  });
  connection.listen();
}

/** What the client says, with ours where it says nothing. */
function optionsFrom(given: unknown, defaults: LanguageOptions): LanguageOptions {
  const said = (typeof given === 'object' && given !== null ? given : {}) as Partial<LanguageOptions>;
  return { ...defaults, ...said, commands: { ...defaults.commands, ...said.commands } };
}
