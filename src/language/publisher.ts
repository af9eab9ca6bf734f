/** Sends the diagnostics of documents when there is something new to say, not at every keystroke. */
import type { Connection, Diagnostic } from 'vscode-languageserver';

/** A document that was opened, or is being typed in, is looked at after this long, in ms, without another key. */
export const PAUSE = 250;

export class Publisher {
  private readonly timers = new Map<string, NodeJS.Timeout>();
  /** Documents that show something. */
  private readonly shown = new Set<string>();
  private readonly rounds = new Map<string, number>();

  constructor(
    private readonly connection: Connection,
    /** null: nothing is to change, because the text is no program at the moment. */
    private readonly diagnose: (uri: string) => Promise<{ version: number; diagnostics: Diagnostic[] } | null>,
  ) {}

  soon(uri: string): void {
    clearTimeout(this.timers.get(uri));
    this.timers.set(
      uri,
      setTimeout(() => void this.now(uri), PAUSE),
    );
  }

  async now(uri: string): Promise<void> {
    clearTimeout(this.timers.get(uri));
    this.timers.delete(uri);
    const round = (this.rounds.get(uri) ?? 0) + 1;
    this.rounds.set(uri, round);
    const found = await this.diagnose(uri);
    if (!found || this.rounds.get(uri) !== round) return;
    // A file without sockets is never spoken of.
    if (found.diagnostics.length === 0 && !this.shown.has(uri)) return;
    if (found.diagnostics.length) this.shown.add(uri);
    else this.shown.delete(uri);
    await this.connection.sendDiagnostics({ uri, ...found }).catch(() => {});
  }

  /** The document was closed: what it showed goes. */
  forget(uri: string): void {
    clearTimeout(this.timers.get(uri));
    this.timers.delete(uri);
    this.rounds.delete(uri);
    if (this.shown.delete(uri)) void this.connection.sendDiagnostics({ uri, diagnostics: [] }).catch(() => {});
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }
}
