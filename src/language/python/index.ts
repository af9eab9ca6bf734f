/** Python's `socket` module behind the interface of every language: explained where it is written; its programs are not traced. */
import type { AnalysedDocument, LanguageSupport } from '../analysis';
import { Grammars } from '../grammars';
import { LARGEST_FILE, TreeDocument } from '../tree-document';
import { findPythonCalls, importsSocket } from './calls';

export class PythonSupport implements LanguageSupport {
  readonly languageIds = ['python'];
  private readonly grammars: Grammars;

  constructor(folder: string) {
    this.grammars = new Grammars(folder);
  }

  mayHaveCalls(text: string): boolean {
    return text.length <= LARGEST_FILE && importsSocket(text);
  }

  async prepare(): Promise<(text: string) => AnalysedDocument> {
    const create = await this.grammars.parser('python');
    return (text) =>
      new TreeDocument(create(), text, importsSocket, {
        find: (root, whole) => ({ calls: [], foreign: findPythonCalls(root, whole) }),
        dispose: () => {},
      });
  }
}
