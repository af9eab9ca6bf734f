/** What the event loop did, in words. Sentences are plain text with `code` between backticks. */
import type { CallbackWait, GapLoop, LoopKind, LoopSpan } from '../contracts/event-loop';
import type { TraceReader } from '../contracts/trace-model';
import { countWords, durationWords, programWords } from './plain-words';

/** How the lane of the event loop is known. */
export const LOOP_HOW =
  'Worked out from libuv\u2019s own count of the time in which its event loop waits for events (`uv_metrics_idle_time`), read at the first step of each turn. Busy means that it did not wait for events: it ran code, or the program waited for a processor. When in a stretch it waited the count does not say, and a signal that ends a wait (a child process has ended, Ctrl+C) takes that wait out of the count; so times of waiting are at least, times of being busy at most.';

/** Waits for a callback that are worth a word, ns. */
export const WORTH_TELLING = 1e6;

/** Share of a wait for which the loop was busy (or waited) that is all of it for a reader. */
const ALL = 0.9;

/** A stretch of the lane in one line: `event loop: waited for events 12 ms of 20 ms, in 5 turns; when is not known`. */
export function spanWords(span: LoopSpan, kind: LoopKind): string {
  const length = durationWords(span.end - span.start);
  const turns = `in ${countWords(span.turns, 'turn')}`;
  if (span.hadWork) return `event loop busy for ${length}: something was ready for it since step ${span.from}`;
  if (span.turns === 0) return `event loop busy for ${length}, within one turn`;
  if (kind === 'busy') return `event loop busy for ${length}: it never waited for events, ${turns}`;
  const waited = `${durationWords(span.waited)} of ${length}, ${turns}`;
  if (kind === 'waiting') return `event loop waiting for events: ${waited}`;
  return kind === 'both'
    ? `event loop: waited for events at least ${waited}; when is not known`
    : `event loop: busy, or a signal ended its wait; libuv counted ${waited}`;
}

/** Many stretches together: `event loop busy for 40 % of 3 s`. */
export function shareWords(share: number, length: number): string {
  return `event loop busy for at most ${Math.round(share * 100)} % of ${durationWords(length)}`;
}

/** A stretch without a step, on the ruler: in full, and shorter for less room. `found`: what event loops did in it, null when that is not known. */
export function gapWords(trace: TraceReader, gap: string, length: number, found: GapLoop | null): { texts: string[]; sentence: string } {
  const start = `${gap} without a step, folded`;
  if (found === null)
    return { texts: [`${gap} without a step`, `⋯${gap}`], sentence: `${start}. Whether an event loop was busy is not known.` };
  if (found.high <= length * (1 - ALL))
    return {
      texts: [`nothing happened for ${gap}`, `${gap} of nothing`, `⋯${gap}`],
      sentence: `${gap} in which nothing happened, folded: every event loop waited for events.`,
    };
  const who = `event loop of ${programWords(trace.processes[found.process]!.program)}`;
  if (found.low >= length * ALL)
    return {
      texts: [`${gap}, the loop was busy`, `${gap} busy`, `⋯${gap}`],
      sentence: `${start}. The ${who} was busy: it did not wait for events.`,
    };
  const busy = found.low > 0 ? `at least ${durationWords(found.low)}` : `at most ${durationWords(found.high)}`;
  return { texts: [`${gap}, partly busy`, `⋯${gap}`], sentence: `${start}. The ${who} was busy for ${busy} of it.` };
}

const THING: Record<string, string> = { accept: 'The connection', accept4: 'The connection', recvmsg: 'The datagram' };

/** Why a callback ran later than what it got was ready; empty when that is not worth a word. */
export function callbackWords(trace: TraceReader, found: CallbackWait): string[] {
  const { wait, ran, ready, busy } = found;
  if (wait < WORTH_TELLING) return [];
  const thing = trace.bytes(ran) === 0 || trace.api(ran) === 'end of file' ? 'The end' : (THING[trace.call(ran) ?? ''] ?? 'The bytes');
  const waited = `${thing} waited ${found.by === 'kernel' ? 'at least ' : ''}${durationWords(wait)} in the kernel, from step ${ready} until this callback ran`;
  if (busy === null) return [`${waited}.`];
  if (busy.high <= wait * (1 - ALL))
    return [
      `${waited}. The event loop was not busy then: it waited for events. So the program did not ask for it (the socket was paused), or the machine woke the program up late.`,
    ];
  const sentences: string[] = [];
  if (busy.low >= wait * ALL) sentences.push(`${waited}: the event loop was busy.`);
  else if (busy.high - busy.low <= wait * (1 - ALL))
    sentences.push(`${waited}. For ${durationWords(busy.low)} of that the event loop was busy.`);
  else
    sentences.push(
      `${waited}. For ${durationWords(busy.low)} to ${durationWords(busy.high)} of that the event loop was busy; what was seen does not say more.`,
    );
  const since = lastBefore(trace, found);
  if (since) sentences.push(since);
  return sentences;
}

/** What the program did last before it was busy. A line is named only where one was recorded. */
function lastBefore(trace: TraceReader, { quiet, oneTurn }: CallbackWait): string {
  if (quiet === null) return '';
  if (quiet.from === 0) return 'Nothing was recorded of the program before.';
  const first = place(trace, quiet.from);
  const second = oneTurn ? place(trace, quiet.to) : '';
  if (first && second && first !== second)
    return `In one and the same turn it went from ${first} (step ${quiet.from}) to ${second} (step ${quiet.to}).`;
  return `The last thing recorded of the program before: step ${quiet.from}${first ? `, ${first}` : ''}.`;
}

function place(trace: TraceReader, seq: number): string {
  const id = trace.siteId(seq);
  if (id < 0) return '';
  const { file, line, cause } = trace.site(id);
  return cause ? '' : `\`${programWords(file)}:${line}\``;
}
