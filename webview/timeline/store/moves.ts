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
  /** What the filter lets through. */
  matches: Test;
  /** What `next` and `previous` stop at: the filter, and the depth of stepping. */
  stops: Test;
  live: boolean;
}

/** The step that a move leads to, or null when there is none. */
export function targetOf(
  cursor: Cursor,
  move: Exclude<StepMove, 'play' | 'fit' | 'find' | 'bookmark' | 'nextBookmark' | 'previousBookmark'>,
): number | null {
  const { reader, index, step, matches, stops } = cursor;
  switch (move) {
    case 'first':
      return 0;
    case 'last':
      // Of a running program the end itself: that is what is followed.
      return cursor.live ? reader.size : previousStep(reader, reader.size + 1, matches);
    case 'previous':
      return previousStep(reader, step, stops);
    case 'next':
      return nextStep(reader, step, stops);
    case 'previousOnSocket':
      return previousOnLane(reader, index, step);
    case 'nextOnSocket':
      return nextOnLane(reader, index, step);
    case 'nextState':
      return nextStep(reader, step, (seq) => reader.kind(seq) === 'state' && (!matches || matches(seq)));
    case 'previousState':
      return previousStep(reader, step, (seq) => reader.kind(seq) === 'state' && (!matches || matches(seq))) || null;
    case 'nextError':
    case 'previousError':
      return errorFrom(index.failures, step, move === 'nextError' ? 1 : -1, matches);
    case 'nextOnConnection':
    case 'previousOnConnection':
      return onConnection(reader, index, step, move === 'nextOnConnection' ? 1 : -1);
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

/** The next or previous step that failed; null when there is none. */
function errorFrom(failures: readonly number[], step: number, way: 1 | -1, matches: Test): number | null {
  for (let i = way > 0 ? lowerBound(failures, step + 1) : lowerBound(failures, step) - 1; i >= 0 && i < failures.length; i += way)
    if (!matches || matches(failures[i]!)) return failures[i]!;
  return null;
}

/** The next or previous step at either end of the connection of a step. */
function onConnection(reader: TraceReader, index: LaneIndex, step: number, way: 1 | -1): number | null {
  const own = way > 0 ? nextOnLane(reader, index, step) : previousOnLane(reader, index, step);
  const peerId = step > 0 ? reader.sockets[reader.socketIndex(step)]?.peer : null;
  const peer = peerId ? reader.sockets.findIndex((socket) => socket.id === peerId) : -1;
  if (peer < 0) return own;
  const events = reader.eventsOfSocket(peer);
  const other = (way > 0 ? events[lowerBound(events, step + 1)] : events[lowerBound(events, step) - 1]) ?? null;
  if (own === null || other === null) return own ?? other;
  return way > 0 ? Math.min(own, other) : Math.max(own, other);
}

/** Where the socket of a step was created, or null for a step without a socket. */
export function birthOf(reader: TraceReader, step: number): number | null {
  if (step === 0) return null;
  const socket = reader.sockets[reader.socketIndex(step)];
  return socket ? socket.birth : null;
}
