/** Open documents: their text, and what their language finds in them. */
import { setImmediate } from 'node:timers/promises';
import type { TextDocumentContentChangeEvent } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { AnalysedDocument, CodeFix, Found, Insight, LanguageSupport, Remark } from './analysis';

const NOTHING: Found = { calls: [], foreign: [] };

class OpenDocument {
  private analysed: AnalysedDocument | null = null;
  private opening: Promise<void> | null = null;
  private closed = false;

  constructor(
    /** From 1; no two documents of a server have the same. */
    readonly number: number,
    public text: TextDocument,
    private readonly support: LanguageSupport,
  ) {}

  /** Parses on first use. Rejects when the grammar cannot be loaded. */
  async look(): Promise<Found> {
    if (!this.support.mayHaveCalls(this.text.getText())) return NOTHING;
    this.opening ??= this.open().catch((error: unknown) => {
      this.opening = null;
      throw error;
    });
    await this.opening;
    return this.analysed?.look() ?? NOTHING;
  }

  /** Reads a text anew that was typed while it was no program. True: that found other calls. */
  async settle(): Promise<boolean> {
    const before = await this.look();
    const after = this.analysed?.settle() ?? before;
    return after !== before && JSON.stringify(after.calls) !== JSON.stringify(before.calls);
  }

  /** null: not to be told at the moment. */
  async remarks(): Promise<readonly Remark[] | null> {
    const insight = await this.insight();
    return insight === undefined ? [] : (insight?.remarks() ?? null);
  }

  async fixes(from: number, to: number): Promise<readonly CodeFix[]> {
    return (await this.insight())?.fixes(from, to) ?? [];
  }

  /** undefined: the language has none. null: the text changed before it was ready. */
  private async insight(): Promise<Insight | undefined | null> {
    const { insight } = await this.look();
    const { version } = this.text;
    const ready = await insight?.prepare(async () => {
      await setImmediate();
      return this.text.version === version && !this.closed;
    });
    return ready === false ? null : insight;
  }

  change(changes: readonly TextDocumentContentChangeEvent[], version: number): void {
    for (const change of changes) {
      const before = this.text;
      const range =
        'range' in change ? change.range : { start: { line: 0, character: 0 }, end: before.positionAt(before.getText().length) };
      const startIndex = before.offsetAt(range.start);
      const oldEndIndex = before.offsetAt(range.end);
      const start = before.positionAt(startIndex);
      const oldEnd = before.positionAt(oldEndIndex);
      this.text = TextDocument.update(before, [change], version);
      const newEndIndex = startIndex + change.text.length;
      const newEnd = this.text.positionAt(newEndIndex);
      this.analysed?.edit({ startIndex, oldEndIndex, newEndIndex, start, oldEnd, newEnd }, this.text.getText());
    }
  }

  close(): void {
    this.closed = true;
    this.analysed?.dispose();
    this.analysed = null;
  }

  private async open(): Promise<void> {
    const { languageId } = this.text;
    // The text may change while the grammar loads: the parser is asked for first, the text is taken after.
    const create = await this.support.prepare(languageId);
    if (!this.closed) this.analysed = create(this.text.getText());
  }
}

export class Documents {
  private readonly open = new Map<string, OpenDocument>();
  private count = 0;

  constructor(private readonly languages: readonly LanguageSupport[]) {}

  opened(uri: string, languageId: string, version: number, text: string): void {
    this.closed(uri);
    const support = this.languages.find((language) => language.languageIds.includes(languageId));
    if (support) this.open.set(uri, new OpenDocument(++this.count, TextDocument.create(uri, languageId, version, text), support));
  }

  changed(uri: string, version: number, changes: readonly TextDocumentContentChangeEvent[]): void {
    this.open.get(uri)?.change(changes, version);
  }

  closed(uri: string): void {
    this.open.get(uri)?.close();
    this.open.delete(uri);
  }

  /** The text of an open document of a language of ours. */
  text(uri: string): TextDocument | null {
    return this.open.get(uri)?.text ?? null;
  }

  uris(): string[] {
    return [...this.open.keys()];
  }

  /** A number for an open document, shorter than its address; the same for as long as it is open. */
  numberOf(uri: string): number {
    return this.open.get(uri)?.number ?? 0;
  }

  /** The open document with that number, as a client may send it; null when there is none. */
  numbered(number: unknown): string | null {
    for (const [uri, document] of this.open) if (document.number === number) return uri;
    return null;
  }

  /** Reads a document anew that was typed while it was no program. True: that found other calls than before. */
  async settle(uri: string): Promise<boolean> {
    return (await this.open.get(uri)?.settle()) ?? false;
  }

  /** What the rules say; null when the document is not open, or is no program at the moment. */
  async remarks(uri: string): Promise<readonly Remark[] | null> {
    return (await this.open.get(uri)?.remarks()) ?? null;
  }

  /** Changes offered between two offsets. */
  async fixes(uri: string, from: number, to: number): Promise<readonly CodeFix[]> {
    return (await this.open.get(uri)?.fixes(from, to)) ?? [];
  }

  /** The calls of a document and its text at that moment; null when it is not open or of no language of ours. */
  async calls(uri: string): Promise<(Found & { text: string }) | null> {
    const document = this.open.get(uri);
    if (!document) return null;
    const found = await document.look();
    return { ...found, text: document.text.getText() };
  }

  dispose(): void {
    for (const uri of [...this.open.keys()]) this.closed(uri);
  }
}
