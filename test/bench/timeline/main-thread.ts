/** What a page's own thread does, from Chromium's own trace: processor time is true also while others use the processor. */
import type { CDPSession } from 'playwright-core';

interface TraceEvent {
  ph: string;
  name: string;
  pid: number;
  tid: number;
  /** Microseconds; `tdur` is processor time. */
  ts: number;
  dur?: number;
  tdur?: number;
}

/** A piece of work of the page's thread, in ms. */
export interface Task {
  from: number;
  to: number;
  cpu: number;
}

/** What a page did. All times are on one clock. */
export interface Recording {
  tasks: Task[];
  /** The parts of them that are the page's own scripts: handlers of events and callbacks of frames, without what the browser lays out for them. */
  scripts: Task[];
  /** When each `bench-frame` was set. */
  marks: number[];
}

const CATEGORIES = ['toplevel', 'blink.user_timing', 'devtools.timeline'];
const SCRIPTS: ReadonlySet<string> = new Set(['FunctionCall', 'EventDispatch', 'FireAnimationFrame']);
const LAYOUTS: ReadonlySet<string> = new Set(['Layout', 'UpdateLayoutTree']);

/** Records while `act` runs. */
export async function recordTasks(cdp: CDPSession, act: () => Promise<void>): Promise<Recording> {
  const events: TraceEvent[] = [];
  const collect = ({ value }: { value: unknown[] }) => {
    for (const event of value as TraceEvent[]) events.push(event);
  };
  cdp.on('Tracing.dataCollected', collect);
  await cdp.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: CATEGORIES, recordMode: 'recordAsMuchAsPossible' },
  });
  await act();
  const complete = new Promise<void>((resolve) => cdp.once('Tracing.tracingComplete', () => resolve()));
  await cdp.send('Tracing.end');
  await complete;
  cdp.off('Tracing.dataCollected', collect);
  const set = events.filter(({ ph, name }) => 'RIi'.includes(ph) && name === 'bench-frame');
  const marks = set.map(({ ts }) => ts / 1000).sort((a, b) => a - b);
  const own = events.filter((event) => set[0] && event.pid === set[0].pid && event.tid === set[0].tid && event.ph === 'X');
  const work = ({ ts, dur = 0, tdur }: TraceEvent): Task => ({ from: ts / 1000, to: (ts + dur) / 1000, cpu: (tdur ?? dur) / 1000 });
  const scripts = outermost(own.filter(({ name }) => SCRIPTS.has(name)).map(work));
  // Layout that a script forces stands inside it and is the browser's work.
  for (const layout of outermost(own.filter(({ name }) => LAYOUTS.has(name)).map(work))) {
    const around = scripts.find((script) => script.from <= layout.from && layout.to <= script.to);
    if (around) around.cpu -= layout.cpu;
  }
  return { tasks: outermost(own.filter(({ name }) => name === 'ThreadControllerImpl::RunTask').map(work)), scripts, marks };
}

function outermost(tasks: Task[]): Task[] {
  tasks.sort((a, b) => a.from - b.from || b.to - a.to);
  let end = Number.NEGATIVE_INFINITY;
  return tasks.filter((task) => {
    if (task.to <= end) return false;
    end = task.to;
    return true;
  });
}

/** Processor time of what ended between each mark and the next, in ms; of the last frame nothing, since nobody says when it ends. */
export function cpuOfFrames(tasks: readonly Task[], marks: readonly number[]): number[] {
  return marks.slice(0, -1).map((from, i) => {
    let sum = 0;
    for (const task of tasks) if (task.to > from && task.to <= marks[i + 1]!) sum += task.cpu;
    return sum;
  });
}
