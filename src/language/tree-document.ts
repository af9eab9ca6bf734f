/** A document that tree-sitter parses: keeps the tree up to date and asks the language again when the text has changed. */
import type { Node, Parser, Tree } from '@vscode/tree-sitter-wasm';
import type { AnalysedDocument, Found, TextEdit } from './analysis';

/** Above this a file is generated or minified: reading it would cost seconds and help nobody. Characters. */
export const LARGEST_FILE = 2_000_000;

/** Up to here a text that is broken for the moment is read anew at each key: that takes 5 ms. Characters. */
const LARGEST_FRESH = 15_000;

const NOTHING: Found = { calls: [], foreign: [] };

/** What a language finds in one document, asked again after each edit. */
export interface Finder {
  /** `root` lives until the next call. */
  find(root: Node, text: string): Found;
  dispose(): void;
}

export class TreeDocument implements AnalysedDocument {
  private tree: Tree | null = null;
  private stale = true;
  /** The tree was patched while there are errors in the text. */
  private patched = false;
  private found = NOTHING;

  /** `mentions`: false when the text has no socket calls for certain. `largestFresh`: for tests. */
  constructor(
    private readonly parser: Parser,
    private text: string,
    private readonly mentions: (text: string) => boolean,
    private readonly finder: Finder,
    private readonly largestFresh = LARGEST_FRESH,
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
    if (this.tree) this.found = this.finder.find(this.tree.rootNode, this.text);
    return this.found;
  }

  settle(): Found {
    this.look();
    const before = this.tree;
    if (!before || !this.patched) return this.found;
    this.patched = false;
    this.tree = this.parser.parse(this.text);
    before.delete();
    if (this.tree) this.found = this.finder.find(this.tree.rootNode, this.text);
    return this.found;
  }

  calls(): Found['calls'] {
    return this.look().calls;
  }

  /**
   * Patches the tree from before. Where one of the two has errors in it a patched tree may be another than a fresh one, and what
   * is shown must not depend on how it was typed: then a short text is read anew at once, a long one when typing pauses (`settle`).
   */
  private parse(before: Tree | null): Tree | null {
    if (!before) {
      this.patched = false;
      return this.parser.parse(this.text);
    }
    const long = this.text.length > this.largestFresh;
    if (!long && before.rootNode.hasError) return this.parser.parse(this.text);
    const tree = this.parser.parse(this.text, before);
    // What was patched while it was broken is trusted again when it was read anew, no sooner.
    this.patched ||= before.rootNode.hasError;
    if (!tree?.rootNode.hasError) return tree;
    this.patched = true;
    if (long) return tree;
    tree.delete();
    this.patched = false;
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
    this.finder.dispose();
    this.parser.delete();
  }

  /** Trees live in WebAssembly memory, which the garbage collector does not see. */
  private forget(): void {
    this.tree?.delete();
    this.tree = null;
    this.patched = false;
  }
}
