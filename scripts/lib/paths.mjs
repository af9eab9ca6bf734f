// Places that the scripts share.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The clone, without a slash at the end. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What is fetched once and kept: other Node versions, VS Code from npm. Git ignores it. */
export const cacheFolder = join(root, '.vscode-test');

/** Screenshots, reports and logs of a test run. Git ignores it. */
export const resultsFolder = join(root, 'test-results');

/** Executables of the project's own packages; first on the PATH of everything that the scripts start. */
export const binFolder = join(root, 'node_modules', '.bin');
