/** JavaScript and TypeScript behind the interface of every language. */
import type { AnalysedDocument, LanguageSupport } from '../analysis';
import { type Grammar, Grammars } from '../grammars';
import { LARGEST_FILE, TreeDocument } from '../tree-document';
import { mentionsSockets } from './calls';
import { IncrementalFinder } from './incremental';

export class JavaScriptSupport implements LanguageSupport {
  readonly languageIds = ['javascript', 'javascriptreact', 'typescript', 'typescriptreact'];
  private readonly grammars: Grammars;

  constructor(folder: string) {
    this.grammars = new Grammars(folder);
  }

  mayHaveCalls(text: string): boolean {
    return text.length <= LARGEST_FILE && mentionsSockets(text);
  }

  warm(): void {
    this.grammars.parser('javascript').catch(() => {});
  }

  async prepare(languageId: string): Promise<(text: string) => AnalysedDocument> {
    const create = await this.grammars.parser(grammarFor(languageId));
    return (text) => new TreeDocument(create(), text, mentionsSockets, new IncrementalFinder(create()));
  }
}

/** TypeScript's grammar reads neither JSX nor `<T>x` in TSX; JavaScript's reads JSX. */
function grammarFor(languageId: string): Grammar {
  if (languageId === 'typescript') return 'typescript';
  return languageId === 'typescriptreact' ? 'tsx' : 'javascript';
}
