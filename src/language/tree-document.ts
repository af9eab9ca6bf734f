/** A document that tree-sitter parses: keeps the tree up to date and asks the language again when the text has changed. */
import type { Node, Parser, Tree } from '@vscode/tree-sitter-wasm';
import type { AnalysedDocument, Found, TextEdit } from './analysis';

/** Above this a file is generated or minified: reading it would cost seconds and help nobody. Characters. */
export const LARGEST_FILE = 2_000_000;

/** Above this a text that is broken for the moment is patched all the same: reading it anew takes over 100 ms. Characters. */
const LARGEST_FRESH = 300_000;

const NOTHING: Found = { calls: [], foreign: [] };

export class TreeDocument implements AnalysedDocument {
  private tree: Tree | null = null;
  private stale = true;
  private found = NOTHING;

  /** `mentions`: false when the text has no socket calls for certain. `find`: what is in a tree and its text. */
  constructor(
    private readonly parser: Parser,
    private text: string,
    private readonly mentions: (text: string) => boolean,
    private readonly find: (root: Node, text: string) => Found,
  ) {}

  look(): Found {
    if (!this.stale) return this.found;
    this.stale = false;
    this.found = NOTHING;
    if (this.text.length > LARGEST_FILE || !this.mentions(this.text)) {
      this.forget();
      return this.found;
    }
    const before = this.tree;
    this.tree = this.parse(before);
    before?.delete();
    if (this.tree) this.found = this.find(this.tree.rootNode, this.text);
    return this.found;
  }

  calls(): Found['calls'] {
    return this.look().calls;
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
