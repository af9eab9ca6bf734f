import { basename, sep } from 'node:path';

/** Programs that carry out the learner's command but are not the learner's: package managers and their kin. */
const TOOLS = /^(npm|npx|pnpm|pnpx|yarn|yarnpkg|corepack)(-cli)?(\.[cm]?js)?$/;

/** True for a process whose own sockets are nobody's lesson, by its script. */
export function isToolProcess(script: string | undefined): boolean {
  if (script === undefined) return false;
  if (TOOLS.test(basename(script))) return true;
  const path = script.split(sep).join('/');
  // tsx's command line (the program itself is a child of it), VS Code's extension host, server and bootstraps.
  if (/\/node_modules\/(tsx\/dist\/cli\.[cm]?js|(npm|pnpm|corepack)\/)/.test(path)) return true;
  return /\/(bootstrap-fork|server-main|extensionHostProcess|bootstrap-node)(\.[cm]?js)?$/.test(path);
}
