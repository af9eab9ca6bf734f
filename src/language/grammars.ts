/** Loads the tree-sitter runtime and grammars once, from the folder that holds the .wasm files. */
import { join } from 'node:path';
import { Language, Parser } from '@vscode/tree-sitter-wasm';

/** The grammars that are packaged (esbuild.mjs copies them). */
export type Grammar = 'javascript' | 'typescript' | 'tsx' | 'python';

/**
 * The library keeps one runtime for the whole process, and two that are started at the same time replace each other: what the first
 * has loaded is then read as if it were the second's. So all languages wait for the same start.
 */
let runtime: Promise<void> | null = null;

export class Grammars {
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
    // What failed is tried again when it is asked for next: memory or the disk may have been short for a moment only.
    runtime ??= Parser.init({ locateFile: (file: string) => join(this.folder, file) }).catch((error: unknown) => {
      runtime = null;
      throw error;
    });
    await runtime;
    let language = this.loaded.get(grammar);
    if (!language) {
      language = Language.load(join(this.folder, `tree-sitter-${grammar}.wasm`)).catch((error: unknown) => {
        this.loaded.delete(grammar);
        throw error;
      });
      this.loaded.set(grammar, language);
    }
    return language;
  }
}
