/** The `socketscope` command: finds the subcommand, and turns every expected failure into one line on stderr. */
import { join } from 'node:path';
import { UserError } from '../runner/program';
import { checkCommand } from './check';
import type { Cli } from './cli';
import { collectCommand } from './collect';
import { compareCommand } from './compare';
import { docsCommand } from './docs';
import { exercisesCommand } from './exercises';
import { exportCommand } from './export';
import { gradeCommand } from './grade';
import { HELP } from './help';
import { languageServer } from './language-server';
import { launchCommand } from './launch';
import { runCommand } from './run';
import { showCommand } from './show';
import { version } from './version';

const commands: Record<string, (cli: Cli) => Promise<void> | void> = {
  run: runCommand,
  show: showCommand,
  export: exportCommand,
  check: checkCommand,
  exercises: exercisesCommand,
  grade: gradeCommand,
  compare: compareCommand,
  docs: docsCommand,
  collect: collectCommand,
  launch: launchCommand,
  'language-server': languageServer,
};

async function main(): Promise<void> {
  const [name, ...args] = process.argv.slice(2);
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(HELP);
    if (name === undefined) process.exitCode = 2;
    return;
  }
  if (name === '--version' || name === '-v') {
    console.log(version(join(__dirname, '..')));
    return;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) throw new UserError(`${name}: there is no such command; socketscope --help lists them`);
  const end = args.indexOf('--');
  if ((end < 0 ? args : args.slice(0, end)).some((arg) => arg === '--help' || arg === '-h')) {
    process.stdout.write(HELP);
    return;
  }
  await command({ args, dist: __dirname });
}

// A reader that has seen enough (`socketscope show FILE | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

main().catch((error: unknown) => {
  const expected = error instanceof UserError;
  process.stderr.write(`socketscope: ${expected ? error.message : `unexpected: ${(error as Error)?.stack ?? error}`}\n`);
  process.exitCode = 2;
});
