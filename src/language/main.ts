/** The language server as a process: `dist/server.js --stdio`, or started over node-ipc by an editor. */
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { serve } from './server';

/**
 * The first compilation of a grammar is good enough: the optimized one, which V8 makes beside it, takes 15 MB and a core while the learner
 * waits for the first lens, and no key is faster for it. What one flag implies for the others counts only when V8 starts.
 */
const COMPILE_ONCE = ['--liftoff-only', '--no-wasm-tier-up', '--no-wasm-dynamic-tiering'];
// Elsewhere an instruction may be missing in the first one.
if (process.arch === 'x64' || process.arch === 'arm64') for (const flag of COMPILE_ONCE) setFlagsFromString(flag);

serve(createConnection(ProposedFeatures.all), {
  docs: join(__dirname, '..', 'media', 'docs'),
  grammars: join(__dirname, 'grammars'),
  platform: process.platform,
});
