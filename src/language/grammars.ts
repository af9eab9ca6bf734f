/** Loads the tree-sitter runtime and grammars once, from the folder that holds the .wasm files. */
import { join } from 'node:path';
import { Language, Parser } from '@vscode/tree-sitter-wasm';

/** The grammars that are packaged (esbuild.mjs copies them). */
export type Grammar = 'javascript' | 'typescript' | 'tsx' | 'python';

export class Grammars {
  private runtime: Promise<void> | null = null;
  private readonly loaded = new Map<Grammar, Promise<Language>>();

  /** `folder`: absolute, with tree-sitter.wasm and tree-sitter-<grammar>.wasm in it. */
  constructor(private readonly folder: string) {}

  /** What makes parsers, one for each document. Rejects when a file is missing or is not a grammar. */
  async parser(grammar: Grammar): Promise<() => Parser> {
    const loaded = await this.load(grammar).catch((error: Error) => {
      throw new Error(`the grammar could not be loaded from ${this.folder}: ${error.message}`);
    });
    return () => {
      const parser = new Parser();
      parser.setLanguage(loaded);
      return parser;
    };
  }

  private async load(grammar: Grammar): Promise<Language> {
    this.runtime ??= Parser.init({ locateFile: (file: string) => join(this.folder, file) });
    await this.runtime;
    let language = this.loaded.get(grammar);
    if (!language) {
      language = Language.load(join(this.folder, `tree-sitter-${grammar}.wasm`));
      this.loaded.set(grammar, language);
    }
    return language;
  }
}
