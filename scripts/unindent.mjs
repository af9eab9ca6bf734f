import { readFile } from 'node:fs/promises';

/**
 * For esbuild: takes indentation out of the toolkit's modules, and ends of lines out of its style sheets. They are in template strings, which nobody else
 * makes smaller: some kilobytes of tabs in the timeline's script.
 * @type {import('esbuild').Plugin}
 */
export const unindent = {
  name: 'unindent',
  setup(build) {
    build.onLoad({ filter: /node_modules[\\/]@(microsoft[\\/]fast-|vscode[\\/]webview-ui-toolkit).*\.js$/ }, async ({ path }) => {
      const text = (await readFile(path, 'utf8')).replace(/^\s*\/\/.*$/gm, '').replace(/\n[\t ]+/g, '\n');
      return { contents: path.endsWith('.styles.js') ? text.replace(/([{;,])\n/g, '$1') : text, loader: 'js' };
    });
  },
};
