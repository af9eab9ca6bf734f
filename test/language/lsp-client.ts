/** A language client over in-memory streams. */
import { PassThrough } from 'node:stream';
import {
  type CodeAction,
  type CodeLens,
  createConnection,
  createMessageConnection,
  type Diagnostic,
  type Hover,
  type InitializeResult,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { type LanguageOptions, RUN_FACTS } from '../../src/contracts/lsp';
import { serve } from '../../src/language/server';
import { DOCS, GRAMMARS } from './support';

export const COMMANDS = { runAndTrace: 'run', showStep: 'step', openCard: 'card' };

export class TestClient {
  readonly connection: MessageConnection;
  refreshes = 0;
  readonly logged: string[] = [];
  initialized!: InitializeResult;
  private version = 1;
  private waiting: (() => void)[] = [];
  private readonly diagnosed = new Map<string, Diagnostic[]>();
  private readonly expecting = new Set<{ uri: string; fits: (found: Diagnostic[]) => boolean; done: (found: Diagnostic[]) => void }>();

  private constructor() {
    const up = new PassThrough();
    const down = new PassThrough();
    serve(createConnection(new StreamMessageReader(up), new StreamMessageWriter(down)), {
      docs: DOCS,
      grammars: GRAMMARS,
      platform: 'linux',
    });
    this.connection = createMessageConnection(new StreamMessageReader(down), new StreamMessageWriter(up));
    this.connection.onRequest('workspace/codeLens/refresh', () => {
      this.refreshes++;
      for (const resolve of this.waiting.splice(0)) resolve();
      return null;
    });
    this.connection.onNotification('window/logMessage', ({ message }: { message: string }) => {
      this.logged.push(message);
    });
    this.connection.onNotification(
      'textDocument/publishDiagnostics',
      ({ uri, diagnostics }: { uri: string; diagnostics: Diagnostic[] }) => {
        this.diagnosed.set(uri, diagnostics);
        for (const each of [...this.expecting]) {
          if (each.uri !== uri || !each.fits(diagnostics)) continue;
          this.expecting.delete(each);
          each.done(diagnostics);
        }
      },
    );
    this.connection.listen();
  }

  static async start(options: Partial<LanguageOptions> = { commands: COMMANDS }): Promise<TestClient> {
    const client = new TestClient();
    client.initialized = await client.connection.sendRequest('initialize', {
      processId: null,
      rootUri: null,
      capabilities: { workspace: { codeLens: { refreshSupport: true } } },
      initializationOptions: options,
    });
    await client.connection.sendNotification('initialized', {});
    return client;
  }

  async stop(): Promise<void> {
    await this.connection.sendRequest('shutdown');
    this.connection.dispose();
  }

  open(uri: string, text: string, languageId = 'javascript'): Promise<void> {
    return this.connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId, version: this.version++, text } });
  }

  change(uri: string, ...contentChanges: unknown[]): Promise<void> {
    return this.connection.sendNotification('textDocument/didChange', { textDocument: { uri, version: this.version++ }, contentChanges });
  }

  close(uri: string): Promise<void> {
    return this.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  }

  /** Resolves when the server asks to have the lenses fetched again. */
  async facts(trace: string | null): Promise<void> {
    const refreshed = new Promise<void>((resolve) => this.waiting.push(resolve));
    await this.connection.sendNotification(RUN_FACTS, { trace });
    await refreshed;
  }

  lenses(uri: string): Promise<CodeLens[]> {
    return this.connection.sendRequest('textDocument/codeLens', { textDocument: { uri } });
  }

  /** `line: title`, 0-based. */
  async titles(uri: string): Promise<string[]> {
    return (await this.lenses(uri)).map(({ range, command }) => `${range.start.line}: ${command!.title}`);
  }

  /** Resolves with the diagnostics of a document as soon as they fit. */
  diagnostics(uri: string, fits: (found: Diagnostic[]) => boolean = () => true): Promise<Diagnostic[]> {
    const known = this.diagnosed.get(uri);
    if (known && fits(known)) return Promise.resolve(known);
    return new Promise((done) => this.expecting.add({ uri, fits, done }));
  }

  actions(uri: string, diagnostic: Diagnostic | null, range = diagnostic!.range): Promise<CodeAction[]> {
    const context = { diagnostics: diagnostic ? [diagnostic] : [] };
    return this.connection.sendRequest('textDocument/codeAction', { textDocument: { uri }, range, context });
  }

  settings(socketscope: unknown): Promise<void> {
    return this.connection.sendNotification('workspace/didChangeConfiguration', { settings: { socketscope } });
  }

  hover(uri: string, line: number, character: number): Promise<Hover | null> {
    return this.connection.sendRequest('textDocument/hover', { textDocument: { uri }, position: { line, character } });
  }
}

/** The Markdown of a hover. */
export const markdown = (hover: Hover | null): string => (hover ? (hover.contents as { value: string }).value : '');
