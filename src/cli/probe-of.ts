import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../runner/program';

/** The probe's bundle, which must lie beside this one. */
export function probeOf(dist: string): string {
  const probe = join(dist, 'probe.cjs');
  if (!existsSync(probe)) throw new UserError(`${probe}: is missing, so nothing can be traced; build it with: npm run build`);
  return probe;
}
