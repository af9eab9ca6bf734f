/** Loads the tree-sitter runtime and grammars once, from the folder that holds the .wasm files. */
import { join } from 'node:path';
import { Language, Parser } from '@vscode/tree-sitter-wasm';

export type Grammar = 'javascript' | 'typescript' | 'tsx';

/** TypeScript's grammar reads neither JSX nor `<T>x` in TSX; JavaScript's reads JSX. */
export function grammarFor(languageId: string): Grammar {
  if (languageId === 'typescript') return 'typescript';
  return languageId === 'typescriptreact' ? 'tsx' : 'javascript';
}

export class Grammars {
  private runtime: Promise<void> | null = null;
  private readonly loaded = new Map<Grammar, Promise<Language>>();

  /** `folder`: absolute, with tree-sitter.wasm and tree-sitter-<grammar>.wasm in it. */
  constructor(private readonly folder: string) {}

  /** What makes parsers, one for each document. Rejects when a file is missing or is not a grammar. */
  async parser(grammar: Grammar): Promise<() => Parser> {
    this.runtime ??= Parser.init({ locateFile: (file: string) => join(this.folder, file) });
    await this.runtime;
    let language = this.loaded.get(grammar);
    if (!language) {
      language = Language.load(join(this.folder, `tree-sitter-${grammar}.wasm`));
      this.loaded.set(grammar, language);
    }
    const loaded = await language;
    return () => {
      const parser = new Parser();
      parser.setLanguage(loaded);
      return parser;
    };
  }
}
