// Calling npm the way it called us.
import { basename } from 'node:path';
import { environment, run } from './processes.mjs';

/** The command line that runs npm with the machine's own Node: the npm that started this script, else the one on the PATH. */
function command() {
  const path = process.env.npm_execpath;
  return path && basename(path) === 'npm-cli.js' ? [process.execPath, path] : ['npm'];
}

/** Runs npm to its end; see `run` for the result. */
export function npm(args, options = {}) {
  const [program, ...before] = command();
  return run(program, [...before, ...args], { env: environment(), ...options });
}
