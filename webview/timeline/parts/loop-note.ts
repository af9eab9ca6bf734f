import type { TraceReader } from '../../../src/contracts/trace-model';
import { callbackWords, LOOP_HOW, spanWords, WORTH_TELLING } from '../../../src/knowledge/loop-text';
import { callbackWait } from '../../../src/trace/loop/callback';
import { kindOf, spanAt } from '../../../src/trace/loop/spans';
import { h } from '../../kit/dom';
import { rich } from '../../kit/rich';
import { provenanceChip } from './provenance';

/** Why a callback ran later than what it got was ready; empty when that is not worth a word. */
export function lateWords(reader: TraceReader, step: number): string[] {
  const wait = callbackWait(reader, step);
  return wait ? callbackWords(reader, wait) : [];
}

/** The stretch of the lane that ends at the step, when it is long enough to be told. */
export function loopBefore(reader: TraceReader, step: number): string[] {
  for (const loop of reader.loops) {
    if (loop.process !== reader.processIndex(step)) continue;
    const span = spanAt(reader, loop, step);
    if (span && span.to === step && span.end - span.start >= WORTH_TELLING)
      return [`${spanWords(span, kindOf(span)).replace(/^event loop:? /, '')}, before this step.`];
  }
  return [];
}

/** What the event loop did up to a step, with how that is known; null when there is nothing to tell. */
export function loopNote(words: readonly string[]): HTMLElement | null {
  if (words.length === 0) return null;
  return h(
    'div',
    { class: 'card-loop', role: 'note', 'data-name': 'loop-note' },
    h('p', {}, h('strong', {}, 'Event loop: '), ...rich(words.join(' ')), ' ', provenanceChip('derived')),
    h('details', { class: 'card-how' }, h('summary', {}, 'How do we know about the loop?'), h('p', {}, ...rich(LOOP_HOW))),
  );
}
