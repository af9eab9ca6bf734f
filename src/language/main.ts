/** The language server as a process: `dist/server.js --stdio`, or started over node-ipc by an editor. */
import { join } from 'node:path';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { serve } from './server';

serve(createConnection(ProposedFeatures.all), {
  docs: join(__dirname, '..', 'media', 'docs'),
  grammars: join(__dirname, 'grammars'),
  platform: process.platform,
});
