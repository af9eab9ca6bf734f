import type { ProcessInfo } from '../../../src/contracts/trace';
import type { TraceReader } from '../../../src/contracts/trace-model';
import type { LabelPlacer } from './labels';
import { programName } from './titles';

/** How a run ended, in words. */
export interface RunEnd {
  text: string;
  /** A program gave back something else than 0, or was killed, and not by the learner. */
  failed: boolean;
}

/** Where the run ended on the picture: a line behind the last step, and how beside it. */
export interface EndMark extends RunEnd {
  x: number;
  textX: number;
  textY: number;
}

/** Distance of the line from the last mark. */
export const END_BEHIND = 10;

function wayOf({ exit }: ProcessInfo): string {
  if (exit?.signal) return `ended by ${exit.signal}`;
  return exit === null || exit.code === null ? 'nothing says how' : `exit code ${exit.code}`;
}

/** How a run ended: by itself or by the learner, with what each program gave back. null while it goes on, and when there was none. */
export function runEnd(reader: Pick<TraceReader, 'processes' | 'size'>, live: boolean, stopped: boolean): RunEnd | null {
  if (live || reader.size === 0) return null;
  const programs = reader.processes.filter(({ quiet }) => quiet === undefined);
  const ways = programs.map((process) => `${programName(process.program)}: ${wayOf(process)}`);
  const shown = ways.slice(0, 4).join(', ') + (ways.length > 4 ? `, and ${ways.length - 4} more` : '');
  const over = stopped ? 'You stopped the run' : 'The run is over';
  const failed = !stopped && programs.some(({ exit }) => exit !== null && (exit.signal !== null || (exit.code ?? 0) !== 0));
  return { text: `${over}${shown ? ` (${shown})` : ''}.`, failed };
}

/** Places the line, and its words where no other text is; null when the end is out of view. */
export function layoutEnd(
  end: RunEnd | null | undefined,
  lastX: number,
  { width, height, measure }: { width: number; height: number; measure: (text: string) => number },
  placer: LabelPlacer,
): EndMark | null {
  const x = Math.round(lastX + END_BEHIND);
  if (!end || x < 0 || x > width) return null;
  for (const text of [end.text, end.failed ? 'The run is over: it failed.' : 'The run is over.']) {
    const size = measure(text);
    if (size + 16 > width) continue;
    // Clear of the line of the current step, when that is the last one.
    const textX = Math.max(4, x - END_BEHIND - 8 - size);
    // From below upwards: the free place is under the lanes, when they leave one.
    const boxes = Array.from({ length: Math.max(0, Math.floor((height - 22) / 8)) }, (_, at) => ({
      x: textX,
      y: height - 22 - at * 8,
      width: size,
      height: 16,
    }));
    const box = placer.takeFirst(boxes);
    if (box) return { ...end, text, x, textX, textY: box.y + box.height / 2 };
  }
  return { ...end, text: '', x, textX: x, textY: 0 };
}
