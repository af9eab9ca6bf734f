/** "Why is it stuck?" as text. */
import type { StuckFinding } from '../contracts/stuck';
import type { TraceReader } from '../contracts/trace-model';
import { stuckText } from '../knowledge/stuck-text';
import { clean } from './clean';
import { relativeTo } from './json';

const WIDTH = 100;

/** The findings in words, a paragraph each; one line when there are none. */
export function* stuckReport(trace: TraceReader, findings: readonly StuckFinding[]): Iterable<string> {
  if (findings.length === 0) {
    yield 'Nothing is stuck: no socket waits for a call that is missing, and no process waits for a socket.';
    return;
  }
  for (const [index, finding] of findings.entries()) {
    const text = stuckText(trace, finding);
    if (index > 0) yield '';
    yield clean(
      `${index + 1}. ${text.title}${finding.follows ? ' (follows from one above)' : finding.certain ? '' : ' (it may be meant so)'}`,
    );
    if (finding.site) {
      const place = `${relativeTo(trace.header.cwd, finding.site.file)}:${finding.site.line}:${finding.site.column}`;
      yield clean(`   ${finding.siteIs === 'made' ? 'made at' : 'called at'} ${place}; so since step ${finding.since}`);
    } else yield `   so since step ${finding.since}`;
    for (const part of [
      text.is,
      text.look,
      text.missing && `Missing: ${text.missing}`,
      text.peer && `Other end: ${text.peer}`,
      `Ask: ${text.ask}`,
      `Fix: ${text.fix}`,
    ])
      if (part) yield* wrapped(clean(part), WIDTH);
  }
}

function* wrapped(text: string, width: number): Iterable<string> {
  let line = '  ';
  for (const word of text.split(' ')) {
    if (line.length + word.length + 1 > width && line.trim() !== '') {
      yield line;
      line = '    ';
    }
    line += ` ${word}`;
  }
  yield line;
}
