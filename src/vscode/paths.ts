import { join } from 'node:path';

/** Where the parts that the extension starts or hands out lie in its own folder. All absolute. */
export interface ExtensionPaths {
  /** The command line bundle: collects and launches. */
  cli: string;
  /** The probe bundle that traced programs preload. */
  probe: string;
  /** The language server bundle. */
  server: string;
  /** Cards of calls and concepts (Markdown). */
  docs: string;
  /** Folder with the wasm grammars of the language server. */
  grammars: string;
  /** Script, style and icons of the timeline. */
  webview: string;
  /** Picture on the tab of a timeline. */
  icon: string;
  /** The sample workspace that travels with the extension. */
  sample: string;
  /** The exercises that travel with it, and the questions of the quiz. */
  exercises: string;
  quiz: string;
}

export function extensionPaths(extension: string): ExtensionPaths {
  const dist = join(extension, 'dist');
  return {
    cli: join(dist, 'cli.js'),
    probe: join(dist, 'probe.cjs'),
    server: join(dist, 'server.js'),
    docs: join(extension, 'media', 'docs'),
    grammars: join(dist, 'grammars'),
    webview: join(dist, 'webview'),
    icon: join(extension, 'media', 'icon.png'),
    sample: join(extension, 'media', 'samples', 'echo'),
    exercises: join(extension, 'media', 'exercises'),
    quiz: join(extension, 'media', 'quiz'),
  };
}
