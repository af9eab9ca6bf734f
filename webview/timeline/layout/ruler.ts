import { type ByteStream, type Pieces, pieceAt, startOf, totalOf } from '../../../src/trace/bytes';

/** A write or a read on the ruler. */
export interface RulerPiece {
  /** Number in its row, from 0. */
  n: number;
  seq: number;
  /** Offsets in the stream. */
  start: number;
  end: number;
  /** CSS pixels; what lies outside the shown range is cut off. */
  x: number;
  width: number;
}

/** Writes above, reads below, on one scale. */
export interface Ruler {
  writes: RulerPiece[];
  reads: RulerPiece[];
  /** Shown range of the stream. */
  start: number;
  end: number;
  /** CSS pixels. */
  width: number;
  /** Lengths are to scale; else long pieces are drawn shorter than they are. */
  linear: boolean;
  /** CSS pixels of an offset. */
  x(offset: number): number;
}

/** At each side of the byte in focus one border of pieces is shown for so many CSS pixels of room, and at least three. */
const ROOM_EACH = 56;
/** Narrowest stretch between two borders, CSS pixels: a label of three letters fits. */
const NARROWEST = 36;

/** Puts the pieces around the byte at `focus` on a ruler at least `room` CSS pixels wide. */
export function layoutRuler(stream: ByteStream, focus: number, room: number): Ruler {
  const { writes, reads } = stream;
  const total = Math.max(totalOf(writes), totalOf(reads));
  const borders = bordersAround(stream, Math.max(0, Math.min(focus, total - 1)), total, Math.max(3, Math.floor(room / ROOM_EACH)));
  const start = borders[0] ?? 0;
  const end = borders.at(-1) ?? 0;
  const lengths = borders.slice(1).map((border, i) => border - borders[i]!);
  const linear = lengths.every((length) => (length / Math.max(1, end - start)) * room >= NARROWEST);
  const weights = linear ? lengths : lengths.map((length) => 1 + Math.log2(length) / 16);
  const sum = weights.reduce((a, b) => a + b, 0) || 1;
  const width = linear ? room : Math.max(room, sum * NARROWEST);
  const xs = [0];
  for (const weight of weights) xs.push(xs.at(-1)! + (weight / sum) * width);
  const x = (offset: number): number => {
    if (offset <= start) return 0;
    if (offset >= end) return width;
    let i = 0;
    while (borders[i + 1]! < offset) i++;
    return xs[i]! + ((offset - borders[i]!) / lengths[i]!) * (xs[i + 1]! - xs[i]!);
  };
  const row = (pieces: Pieces): RulerPiece[] => {
    const found: RulerPiece[] = [];
    const first = pieceAt(pieces, start);
    if (first < 0 || end <= start) return found;
    for (let n = first; n < pieces.seqs.length && startOf(pieces, n) < end; n++) {
      const from = startOf(pieces, n);
      const to = pieces.ends[n]!;
      found.push({ n, seq: pieces.seqs[n]!, start: from, end: to, x: x(from), width: x(to) - x(from) });
    }
    return found;
  };
  return { writes: row(writes), reads: row(reads), start, end, width, linear, x };
}

/** The borders of pieces nearest to an offset, ascending. */
function bordersAround({ writes, reads }: ByteStream, focus: number, total: number, reach: number): number[] {
  if (total === 0) return [];
  const found = new Set<number>();
  const at = (pieces: Pieces) => {
    const n = pieceAt(pieces, focus);
    return n < 0 ? pieces.ends.length - 1 : n;
  };
  const w = at(writes);
  const r = at(reads);
  const walk = (direction: -1 | 1) => {
    // From the focus outwards, always the nearer border of the two rows.
    let i = w;
    let j = r;
    for (let left = reach; left > 0; left--) {
      const a = borderOf(writes, i, direction);
      const b = borderOf(reads, j, direction);
      if (a === null && b === null) return;
      const nearer = a === null ? b! : b === null ? a : direction < 0 ? Math.max(a, b) : Math.min(a, b);
      if (a === nearer) i += direction;
      if (b === nearer) j += direction;
      if (nearer === focus || nearer < focus === direction < 0) found.add(nearer);
    }
  };
  walk(-1);
  walk(1);
  return [...found].sort((a, b) => a - b);
}

/** The border of piece `n` on one side; null when there is no such piece. */
function borderOf(pieces: Pieces, n: number, side: -1 | 1): number | null {
  if (n < 0 || n >= pieces.ends.length) return null;
  return side < 0 ? startOf(pieces, n) : pieces.ends[n]!;
}
