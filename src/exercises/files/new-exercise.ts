/** `exercises new`: a whole, small exercise in the workspace, made from the one in media/exercises/_template. */
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { UserError } from '../../runner/program';
import { SCHEMA_FILE, WORKSPACE_EXERCISES } from './load';

/** Beside the exercises of the installation; its name begins with _, so it is none of them. */
export const TEMPLATE = '_template';

/** Makes `.socketscope/exercises/<id>` in a workspace and returns its path. Throws UserError when the name will not do or is taken. */
export function newExercise(id: string, workspace: string, builtIn: string): string {
  if (!/^[A-Za-z][A-Za-z0-9-]{0,39}$/.test(id))
    throw new UserError(`${id}: must be a letter, then letters, digits and hyphens, 40 at most`);
  const parent = join(workspace, WORKSPACE_EXERCISES);
  const folder = join(parent, id);
  if (existsSync(folder)) throw new UserError(`${folder}: is there already; choose another name`);
  mkdirSync(parent, { recursive: true });
  cpSync(join(builtIn, TEMPLATE), folder, { recursive: true });
  const path = join(folder, 'exercise.json');
  writeFileSync(
    path,
    readFileSync(path, 'utf8').replace('"id": "_template"', () => `"id": ${JSON.stringify(id)}`),
  );
  // Types for checks.mjs and the schema for exercise.json, so that an editor completes both.
  for (const name of ['checks.d.ts', SCHEMA_FILE]) copyFileSync(join(builtIn, name), join(parent, name));
  return relative(workspace, folder);
}
