/** Node's modules whose use opens sockets. */
const MODULES = 'net|dgram|http|https|http2|tls';
/** `import ... from 'node:net'`, `import 'net'`, `import('net')`, `require("net")`; also re-exports. */
const IMPORT = new RegExp(`(?:\\bfrom|\\bimport|\\bimport\\s*\\(|\\brequire\\s*\\()\\s*['"](?:node:)?(?:${MODULES})['"]`);
/** Imports stand at the top; a glance at this much keeps the check cheap in a bundle of many megabytes. */
const GLANCE = 64 * 1024;

/** Whether the source text of a program imports a module that opens sockets. A cheap look, not a parse: a comment may fool it. */
export function usesSockets(text: string): boolean {
  return IMPORT.test(text.length > GLANCE ? text.slice(0, GLANCE) : text);
}

/** Languages of documents that can be run and traced. */
export const SCRIPT_LANGUAGES = ['javascript', 'typescript', 'javascriptreact', 'typescriptreact'];

/** Endings of files that Node runs. */
export const SCRIPT_GLOB = '**/*.{js,mjs,cjs,ts,mts,cts}';

/** `import socket`, `from socket import ...`. */
const PYTHON_IMPORT = /^[ \t]*(?:import\b[^\n]*\bsocket\b|from[ \t]+socket[ \t]+import\b)/m;

/** Whether a Python source text imports the module `socket`. */
export const usesPythonSockets = (text: string): boolean => PYTHON_IMPORT.test(text.length > GLANCE ? text.slice(0, GLANCE) : text);

/** Languages of documents whose socket calls are explained. */
export const EXPLAINED_LANGUAGES = [...SCRIPT_LANGUAGES, 'python'];

/** Where documents of those lie: on the disk, not saved yet, or in a virtual file system. Not versions of `git`, which nobody edits. */
export const EXPLAINED_SCHEMES = ['file', 'untitled', 'vscode-vfs'];
