/** `socketscope language-server --stdio` */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { endLike, forwardSignals } from '../runner/launch';
import { UserError } from '../runner/program';
import type { Cli } from './cli';

export async function languageServer({ args, dist }: Cli): Promise<void> {
  if (args.length !== 1 || args[0] !== '--stdio') throw new UserError('language-server: takes exactly one option, --stdio');
  const server = join(dist, 'server.js');
  if (!existsSync(server)) throw new UserError(`${server}: is missing; build it with: npm run build`);
  const child = spawn(process.execPath, [server, '--stdio'], { stdio: 'inherit' });
  const undo = forwardSignals(child);
  const end = await new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
    child.once('error', () => reject(new UserError(`${server}: cannot be started`)));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  undo();
  endLike(end);
}
