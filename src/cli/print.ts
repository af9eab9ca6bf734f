/** Prints a transcript to stdout, in colour on a terminal that wants it. */
import { type TranscriptOptions, transcript } from '../export/transcript';
import type { TraceStore } from '../trace';

export function printTranscript(trace: TraceStore, options: TranscriptOptions = {}): void {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  const colour = !NO_COLOR && (process.stdout.isTTY === true || (FORCE_COLOR !== undefined && FORCE_COLOR !== '0'));
  let text = '';
  for (const line of transcript(trace, { ...options, colour })) {
    text += `${line}\n`;
    if (text.length > 65536) {
      process.stdout.write(text);
      text = '';
    }
  }
  process.stdout.write(text);
}
