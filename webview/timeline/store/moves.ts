import type { StepMove } from '../../../src/contracts/timeline-api';
import type { TraceReader } from '../../../src/contracts/trace-model';
import { lowerBound } from '../layout/search';
import type { LaneIndex } from './lane-index';

type Test = ((seq: number) => boolean) | null;

/** Where the cursor is, and what it may step on. */
export interface Cursor {
  reader: TraceReader;
  index: LaneIndex;
  step: number;
  matches: Test;
  live: boolean;
}

/** The step that a move leads to, or null when there is none. */
export function targetOf(cursor: Cursor, move: Exclude<StepMove, 'play' | 'fit' | 'find'>): number | null {
  const { reader, index, step, matches } = cursor;
  switch (move) {
    case 'first':
      return 0;
    case 'last':
      // Of a running program the end itself: that is what is followed.
      return cursor.live ? reader.size : previousStep(reader, reader.size + 1, matches);
    case 'previous':
      return previousStep(reader, step, matches);
    case 'next':
      return nextStep(reader, step, matches);
    case 'previousOnSocket':
      return previousOnLane(reader, index, step);
    case 'nextOnSocket':
      return nextOnLane(reader, index, step);
    case 'birth':
      return birthOf(reader, step);
  }
}

/** The next or previous step that passes a test, around the end of the run; null or 0 when there is none. */
export function findStep(reader: TraceReader, step: number, test: (seq: number) => boolean, way: 'next' | 'previous'): number | null {
  if (way === 'next') return nextStep(reader, step, test) ?? nextStep(reader, 0, test);
  return previousStep(reader, step, test) || previousStep(reader, reader.size + 1, test);
}

/** The next matching step after `step`, or null. */
export function nextStep(reader: TraceReader, step: number, matches: Test): number | null {
  for (let seq = step + 1; seq <= reader.size; seq++) if (!matches || matches(seq)) return seq;
  return null;
}

/** The matching step before `step`; step 0 ("before anything") always counts. Null at step 0. */
export function previousStep(reader: TraceReader, step: number, matches: Test): number | null {
  if (step <= 0) return null;
  for (let seq = Math.min(step, reader.size + 1) - 1; seq >= 1; seq--) if (!matches || matches(seq)) return seq;
  return 0;
}

/** Steps of the lane that a step lies on: its socket's, else its process's own. At step 0: those of the first socket. */
function laneEvents(reader: TraceReader, index: LaneIndex, step: number): ArrayLike<number> {
  if (step === 0) return reader.sockets.length ? reader.eventsOfSocket(0) : [];
  const socket = reader.socketIndex(step);
  return socket >= 0 ? reader.eventsOfSocket(socket) : (index.ownEvents[reader.processIndex(step)] ?? []);
}

/** The next step on the same lane, or null. */
export function nextOnLane(reader: TraceReader, index: LaneIndex, step: number): number | null {
  const events = laneEvents(reader, index, step);
  return events[lowerBound(events, step + 1)] ?? null;
}

/** The step before on the same lane, or null. */
export function previousOnLane(reader: TraceReader, index: LaneIndex, step: number): number | null {
  if (step === 0) return null;
  const events = laneEvents(reader, index, step);
  return events[lowerBound(events, step) - 1] ?? null;
}

/** Where the socket of a step was created, or null for a step without a socket. */
export function birthOf(reader: TraceReader, step: number): number | null {
  if (step === 0) return null;
  const socket = reader.sockets[reader.socketIndex(step)];
  return socket ? socket.birth : null;
}
