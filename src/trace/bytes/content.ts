import type { TraceReader } from '../../contracts/trace-model';
import { type ByteStream, type Pieces, pieceAt, startOf } from './stream';
import { characterAt, sequenceLength } from './text';

/**
 * What the bytes of a stream were, as far as they were captured: of each call the first ones. What one end's capture lacks the
 * other's may have, so a byte that was written far behind the first of its call is known when a read began shortly before it.
 */
export class StreamContent {
  private readonly payloads = new Map<number, Uint8Array | null>();

  constructor(
    private readonly trace: TraceReader,
    readonly stream: ByteStream,
  ) {}

  /** The byte at an offset of the stream; -1 when it was not captured (or did not move). */
  byteAt(offset: number): number {
    const written = this.from(this.stream.writes, offset);
    return written >= 0 ? written : this.from(this.stream.reads, offset);
  }

  /** The bytes from `start` up to `end` (not included); -1 for those that were not captured. */
  slice(start: number, end: number): Int16Array {
    const found = new Int16Array(Math.max(0, end - start));
    for (let i = 0; i < found.length; i++) found[i] = this.byteAt(start + i);
    return found;
  }

  private from(pieces: Pieces, offset: number): number {
    const n = pieceAt(pieces, offset);
    if (n < 0) return -1;
    const seq = pieces.seqs[n]!;
    let payload = this.payloads.get(seq);
    if (payload === undefined) {
      payload = this.trace.event(seq).payload ?? null;
      if (this.payloads.size > 4096) this.payloads.clear();
      this.payloads.set(seq, payload);
    }
    return payload?.[offset - startOf(pieces, n)] ?? -1;
  }
}

/** A character whose UTF-8 bytes are on both sides of a border. */
export interface SplitCharacter {
  /** Offsets of its first byte, and behind its last. */
  start: number;
  end: number;
  /** Bytes of it before the border. */
  before: number;
  text: string;
}

/**
 * The character that a border between the bytes `offset - 1` and `offset` cuts in two; null when there is none: not a well-formed
 * UTF-8 sequence (RFC 3629 section 4), or not all of it captured.
 */
export function splitCharacter(content: StreamContent, offset: number): SplitCharacter | null {
  for (let before = 1; before <= 3; before++) {
    const start = offset - before;
    const lead = content.byteAt(start);
    if (lead >= 0x80 && lead < 0xc0) continue;
    const length = sequenceLength(lead);
    if (length <= before) return null;
    const text = characterAt(content.slice(start, start + length), 0);
    return text === null ? null : { start, end: start + length, before, text };
  }
  return null;
}

/** The characters that the reads numbered `from` up to `to` (not included) begin in the middle of, by number of the read. */
export function splitByReads(content: StreamContent, from: number, to: number): Map<number, SplitCharacter> {
  const found = new Map<number, SplitCharacter>();
  for (let n = Math.max(1, from); n < to; n++) {
    const split = splitCharacter(content, startOf(content.stream.reads, n));
    if (split) found.set(n, split);
  }
  return found;
}
