/** A stretch of bytes as it reads in UTF-8. */
export interface TextRun {
  /** `text`: whole characters; `byte`: one byte that is part of no character here; `gap`: bytes that were not captured. */
  kind: 'text' | 'byte' | 'gap';
  /** Offsets, as those of the bytes that were handed in. */
  start: number;
  end: number;
  /** The characters; of a byte its two hex digits; '' for a gap. */
  text: string;
}

/** Bytes of the sequence that begins with `lead` (RFC 3629 section 4); 0 when none does. */
export function sequenceLength(lead: number): number {
  if (lead >= 0 && lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

/** The character whose sequence begins at `at`; null when there is no well-formed one, or not all of it is there (-1: not captured). */
export function characterAt(bytes: ArrayLike<number>, at: number): string | null {
  const lead = bytes[at]!;
  const length = sequenceLength(lead);
  if (length === 0 || at + length > bytes.length) return null;
  if (length === 1) return String.fromCharCode(lead);
  let code = lead & (0x7f >> length);
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i]!;
    if (byte < 0x80 || byte > 0xbf) return null;
    code = (code << 6) | (byte & 0x3f);
  }
  const least = length === 3 ? 0x800 : 0x10000;
  if ((length > 2 && code < least) || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return null;
  return String.fromCodePoint(code);
}

/**
 * Decodes bytes (-1: not captured) whose first has offset `start`. Runs end at every offset of `borders` (ascending), so each belongs to one
 * piece; a character across a border falls apart into its bytes, as it does for a program that decodes piece by piece.
 */
export function textRuns(bytes: ArrayLike<number>, start: number, borders: readonly number[] = []): TextRun[] {
  const runs: TextRun[] = [];
  let next = 0;
  for (let i = 0; i < bytes.length; ) {
    while (next < borders.length && borders[next]! <= start + i) next++;
    const border = (borders[next] ?? Number.POSITIVE_INFINITY) - start;
    const last = runs.at(-1);
    const joins = last !== undefined && !borders.includes(start + i);
    if (bytes[i]! < 0) {
      if (joins && last.kind === 'gap') last.end++;
      else runs.push({ kind: 'gap', start: start + i, end: start + i + 1, text: '' });
      i++;
      continue;
    }
    const text = characterAt(bytes, i);
    const length = text === null ? 1 : sequenceLength(bytes[i]!);
    if (text === null || i + length > border) {
      runs.push({ kind: 'byte', start: start + i, end: start + i + 1, text: bytes[i]!.toString(16).padStart(2, '0') });
      i++;
      continue;
    }
    if (joins && last.kind === 'text') {
      last.text += text;
      last.end += length;
    } else runs.push({ kind: 'text', start: start + i, end: start + i + length, text });
    i += length;
  }
  return runs;
}
