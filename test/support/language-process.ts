/** A language server as a process of its own, spoken to over its standard streams. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createMessageConnection, type MessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node';

interface Capabilities {
  codeLensProvider?: unknown;
  hoverProvider?: unknown;
}

/** Lines of a program that a window shows. */
const WINDOW = 60;

/** As much of an answer as is looked at. */
interface Answer {
  range: { start: { line: number } };
  command?: { title: string };
}

export class LanguageProcess {
  private version = 1;

  private constructor(
    private readonly child: ChildProcess,
    private readonly connection: MessageConnection,
    readonly capabilities: Capabilities,
  ) {}

  /** Resolves when the server has said what it can do. Rejects when it cannot be started, or ends first. */
  static async start(command: string, args: readonly string[], folder: string, env: NodeJS.ProcessEnv = {}): Promise<LanguageProcess> {
    const child = spawn(command, args, { cwd: folder, stdio: ['pipe', 'pipe', 'ignore'], env: { ...process.env, ...env } });
    const ended = once(child, 'exit').then(([code, signal]) => {
      throw new Error(`${command} ended with ${code ?? signal} before it answered`);
    });
    const connection = createMessageConnection(new StreamMessageReader(child.stdout!), new StreamMessageWriter(child.stdin!));
    // What servers ask of an editor: settings (none), progress and registrations (fine).
    connection.onRequest('workspace/configuration', ({ items }: { items: unknown[] }) => items.map(() => null));
    connection.onRequest(() => null);
    connection.onNotification(() => {});
    connection.listen();
    const uri = `file://${folder}`;
    const asked = connection.sendRequest<{ capabilities: Capabilities }>('initialize', {
      processId: process.pid,
      rootUri: uri,
      workspaceFolders: [{ uri, name: 'bench' }],
      capabilities: { textDocument: { documentSymbol: { hierarchicalDocumentSymbolSupport: true } }, workspace: { configuration: true } },
    });
    const { capabilities } = await Promise.race([asked, ended]);
    ended.catch(() => {});
    await connection.sendNotification('initialized', {});
    return new LanguageProcess(child, connection, capabilities);
  }

  open(uri: string, text: string): Promise<void> {
    return this.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'javascript', version: this.version++, text },
    });
  }

  /** Types `text` at a place. */
  type(uri: string, line: number, character: number, text: string): Promise<void> {
    const place = { line, character };
    return this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version: this.version++ },
      contentChanges: [{ range: { start: place, end: place }, text }],
    });
  }

  /**
   * Asks about a whole document, and returns how many answers there are. Of lenses that come without their text, it then asks for that of those
   * which a window with `line` in its middle shows, as VS Code does.
   */
  async about(method: 'codeLens' | 'documentSymbol', uri: string, line: number): Promise<number> {
    const found = await this.connection.sendRequest<Answer[] | null>(`textDocument/${method}`, { textDocument: { uri } });
    if (!found || method !== 'codeLens') return found?.length ?? 0;
    const late = found.filter(({ command, range }) => !command && Math.abs(range.start.line - line) <= WINDOW / 2);
    const resolved = await Promise.all(late.map((lens) => this.connection.sendRequest<Answer>('codeLens/resolve', lens)));
    if (resolved.some(({ command }) => !command?.title)) throw new Error('a lens in view says nothing');
    return found.length;
  }

  /** Whether there is something to say at the place. */
  async hover(uri: string, line: number, character: number): Promise<boolean> {
    return (await this.connection.sendRequest('textDocument/hover', { textDocument: { uri }, position: { line, character } })) !== null;
  }

  /** Memory of the process that is its own or shared (VmRSS in /proc/pid/status), in bytes; null where there is no /proc. */
  memory(): number | null {
    try {
      const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8'))?.[1];
      return kibibytes === undefined ? null : Number(kibibytes) * 1024;
    } catch {
      return null;
    }
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    await this.connection.sendRequest('shutdown');
    await this.connection.sendNotification('exit');
    await ended;
    this.connection.dispose();
  }
}
