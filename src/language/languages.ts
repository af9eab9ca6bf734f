/** The languages that are understood: each is a folder behind LanguageSupport. */
import type { LanguageSupport } from './analysis';
import { JavaScriptSupport } from './javascript';
import { PythonSupport } from './python';

/** `grammars`: absolute folder of the wasm files. */
export const languagesIn = (grammars: string): LanguageSupport[] => [new JavaScriptSupport(grammars), new PythonSupport(grammars)];
