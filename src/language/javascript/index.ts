/** JavaScript and TypeScript behind the interface of every language. */
import type { Parser, Tree } from '@vscode/tree-sitter-wasm';
import type { AnalysedDocument, LanguageSupport, SocketCall, TextEdit } from '../analysis';
import { findCalls, mentionsSockets } from './calls';
import { Grammars, grammarFor } from './grammar';

/** Above this a file is generated or minified: reading it would cost seconds and help nobody. Characters. */
export const LARGEST_FILE = 2_000_000;

/** Above this a text that is broken for the moment is patched all the same: reading it anew takes over 100 ms. Characters. */
const LARGEST_FRESH = 300_000;

export class JavaScriptSupport implements LanguageSupport {
  readonly languageIds = ['javascript', 'javascriptreact', 'typescript', 'typescriptreact'];
  private readonly grammars: Grammars;

  constructor(private readonly folder: string) {
    this.grammars = new Grammars(folder);
  }

  mayHaveCalls(text: string): boolean {
    return text.length <= LARGEST_FILE && mentionsSockets(text);
  }

  async prepare(languageId: string): Promise<(text: string) => AnalysedDocument> {
    const create = await this.grammars.parser(grammarFor(languageId)).catch((error: Error) => {
      throw new Error(`the grammar could not be loaded from ${this.folder}: ${error.message}`);
    });
    return (text) => new JavaScriptDocument(create(), text);
  }
}

class JavaScriptDocument implements AnalysedDocument {
  private tree: Tree | null = null;
  private stale = true;
  private found: readonly SocketCall[] = [];

  constructor(
    private readonly parser: Parser,
    private text: string,
  ) {}

  calls(): readonly SocketCall[] {
    if (!this.stale) return this.found;
    this.stale = false;
    this.found = [];
    if (this.text.length > LARGEST_FILE || !mentionsSockets(this.text)) {
      this.forget();
      return this.found;
    }
    const before = this.tree;
    this.tree = this.parse(before);
    before?.delete();
    if (this.tree) this.found = findCalls(this.tree.rootNode, this.text);
    return this.found;
  }

  /**
   * Patches the tree from before. Where one of the two has errors in it a patched tree may be another than a fresh one, and what
   * is shown must not depend on how it was typed: then the text is read anew.
   */
  private parse(before: Tree | null): Tree | null {
    if (this.text.length > LARGEST_FRESH) return this.parser.parse(this.text, before);
    if (!before || before.rootNode.hasError) return this.parser.parse(this.text);
    const patched = this.parser.parse(this.text, before);
    if (!patched?.rootNode.hasError) return patched;
    patched.delete();
    return this.parser.parse(this.text);
  }

  edit(change: TextEdit, text: string): void {
    this.text = text;
    this.stale = true;
    this.tree?.edit({
      startIndex: change.startIndex,
      oldEndIndex: change.oldEndIndex,
      newEndIndex: change.newEndIndex,
      startPosition: { row: change.start.line, column: change.start.character },
      oldEndPosition: { row: change.oldEnd.line, column: change.oldEnd.character },
      newEndPosition: { row: change.newEnd.line, column: change.newEnd.character },
    });
  }

  dispose(): void {
    this.forget();
    this.parser.delete();
  }

  /** Trees live in WebAssembly memory, which the garbage collector does not see. */
  private forget(): void {
    this.tree?.delete();
    this.tree = null;
  }
}
