import { WORTH_TELLING } from '../../../src/knowledge/loop-text';
import { readyWait } from '../../../src/trace/loop/callback';
import { toX } from './axis';
import type { Mark, SceneInput } from './scene';

/** In a lane with more marks than this only the current step has its line. */
const FEW = 40;

/** Lines from when bytes, a datagram or a connection were ready to the callback that got them, where that took long enough to be told. */
export function layoutLeads(
  { reader, axis, view, step }: SceneInput,
  y: number,
  marks: readonly Mark[],
): { x: number; to: number; y: number }[] {
  const leads: { x: number; to: number; y: number }[] = [];
  for (const mark of marks) {
    if (mark.kind === 'state' || (marks.length > FEW && mark.seq !== step)) continue;
    const found = readyWait(reader, mark.seq);
    if (found && found.wait >= WORTH_TELLING) leads.push({ x: toX(view, axis.pos(found.ready)), to: mark.x, y });
  }
  return leads;
}
