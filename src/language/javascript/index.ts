/** JavaScript and TypeScript behind the interface of every language. */
import type { Node } from '@vscode/tree-sitter-wasm';
import type { AnalysedDocument, Found, LanguageSupport } from '../analysis';
import { type Grammar, Grammars } from '../grammars';
import { LARGEST_FILE, TreeDocument } from '../tree-document';
import { findCalls, mentionsSockets } from './calls';
import { Inference } from './infer';
import { JavaScriptInsight } from './insight';
import { wordAt } from './words';

export class JavaScriptSupport implements LanguageSupport {
  readonly languageIds = ['javascript', 'javascriptreact', 'typescript', 'typescriptreact'];
  private readonly grammars: Grammars;

  constructor(folder: string) {
    this.grammars = new Grammars(folder);
  }

  mayHaveCalls(text: string): boolean {
    return text.length <= LARGEST_FILE && mentionsSockets(text);
  }

  async prepare(languageId: string): Promise<(text: string) => AnalysedDocument> {
    const create = await this.grammars.parser(grammarFor(languageId));
    return (text) => new TreeDocument(create(), text, mentionsSockets, look);
  }
}

/** TypeScript's grammar reads neither JSX nor `<T>x` in TSX; JavaScript's reads JSX. */
function grammarFor(languageId: string): Grammar {
  if (languageId === 'typescript') return 'typescript';
  return languageId === 'typescriptreact' ? 'tsx' : 'javascript';
}

function look(root: Node, text: string): Found {
  const inference = new Inference(root, text);
  const nodes = findCalls(inference);
  return {
    calls: nodes.map(({ call }) => call),
    foreign: [],
    insight: new JavaScriptInsight(inference, nodes),
    wordAt: (place) => wordAt(inference, nodes, place),
  };
}
