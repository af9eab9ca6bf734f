import type { TraceReader } from '../../contracts/trace-model';
import { align } from './align';
import type { Track } from './tracks';

/** Pieces [from, to) of each run that belong together. `cut`: the same bytes in other pieces; `bytes`: other bytes, or another number. */
export interface PieceGroup {
  kind: 'same' | 'cut' | 'bytes';
  a: [number, number];
  b: [number, number];
}

/** One direction of one socket in one run, with what was captured of it. */
export interface Moved {
  trace: TraceReader;
  track: Track;
}

/** The same bytes in both runs, as they were cut: piece by piece, or in the smallest groups that begin and end at the same byte. */
export function alignStream(a: Moved, b: Moved): PieceGroup[] {
  const differ = firstOtherByte(a, b);
  const groups: PieceGroup[] = [];
  let [i, j] = [0, 0];
  let [endA, endB] = [0, 0];
  while (i < a.track.sizes.length && j < b.track.sizes.length) {
    const [fromA, fromB] = [i, j];
    endA += a.track.sizes[i++]!;
    endB += b.track.sizes[j++]!;
    while (endA !== endB) {
      if (endA < endB && i < a.track.sizes.length) endA += a.track.sizes[i++]!;
      else if (endB < endA && j < b.track.sizes.length) endB += b.track.sizes[j++]!;
      else break;
    }
    const one = i - fromA === 1 && j - fromB === 1;
    // Where nothing was captured and the sums differ, only equal pieces are surely the same bytes.
    if (endA !== endB || endA > differ.at || (!one && endA > differ.known)) {
      [i, j] = [fromA, fromB];
      break;
    }
    groups.push({ kind: one ? 'same' : 'cut', a: [fromA, i], b: [fromB, j] });
  }
  groups.push(...rest(a, b, i, j, differ.at === Number.POSITIVE_INFINITY));
  return groups;
}

/** Datagrams keep their borders: each is the same or it is not. */
export function alignDatagrams(a: Moved, b: Moved): PieceGroup[] {
  return rest(a, b, 0, 0, false);
}

/** What is left, aligned by size and bytes. */
function rest(a: Moved, b: Moved, i: number, j: number, sameBytes: boolean): PieceGroup[] {
  if (i >= a.track.sizes.length && j >= b.track.sizes.length) return [];
  return align(keysOf(a, i), keysOf(b, j)).map(({ same, a: [fromA, toA], b: [fromB, toB] }) => {
    const group: PieceGroup = { kind: same ? 'same' : 'bytes', a: [i + fromA, i + toA], b: [j + fromB, j + toB] };
    if (!same && sameBytes && sum(a.track, group.a) === sum(b.track, group.b)) group.kind = 'cut';
    return group;
  });
}

export function sum(track: Track, [from, to]: [number, number]): number {
  let all = 0;
  for (let n = from; n < to; n++) all += track.sizes[n]!;
  return all;
}

function keysOf(moved: Moved, from: number): string[] {
  const keys: string[] = [];
  for (let n = from; n < moved.track.sizes.length; n++) keys.push(`${moved.track.sizes[n]} ${textOf(captured(moved, n))}`);
  return keys;
}

/** What was captured of a piece; null when nothing. */
export function captured({ trace, track }: Moved, n: number): Uint8Array | null {
  const payload = trace.payload(track.from[n]!);
  const skip = track.skip[n]!;
  if (payload === null) return null;
  return skip === 0 && payload.length <= track.sizes[n]! ? payload : payload.subarray(skip, skip + track.sizes[n]!);
}

/** Bytes as text that tells them apart, without the time of day of an HTTP head. */
function textOf(bytes: Uint8Array | null): string {
  if (bytes === null) return '';
  let text = '';
  for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i]!);
  return withoutDate(text);
}

/** RFC 9110 section 6.6.1: the Date field is when the message was made. */
const withoutDate = (text: string) => text.replace(/\r\ndate: [^\r]{10,40}\r\n/i, '\r\n');

/**
 * Where the bytes of both runs differ for the first time: `at` is that place in the stream, infinity when nothing says that they do; up to
 * `known` (at most `at`) it was looked at, or the sums are equal.
 */
function firstOtherByte(a: Moved, b: Moved): { at: number; known: number } {
  const [sizesA, sizesB] = [a.track.sizes, b.track.sizes];
  const equal = sum(a.track, [0, sizesA.length]) === sum(b.track, [0, sizesB.length]);
  let [i, j, startA, startB, known] = [0, 0, 0, 0, -1];
  let at = 0;
  while (i < sizesA.length && j < sizesB.length) {
    const endA = startA + sizesA[i]!;
    const endB = startB + sizesB[j]!;
    const end = Math.min(endA, endB);
    const [bytesA, bytesB] = [captured(a, i), captured(b, j)];
    const until = Math.min(end, startA + (bytesA?.length ?? 0), startB + (bytesB?.length ?? 0));
    let n = at;
    while (n < until && bytesA![n - startA] === bytesB![n - startB]) n++;
    const sameHead = n < until && startA === startB && textOf(bytesA) === textOf(bytesB);
    if (n < until && !sameHead) return { at: n, known: n };
    if (until < end && known < 0) known = Math.max(n, at);
    at = end;
    if (endA === end) {
      i++;
      startA = endA;
    }
    if (endB === end) {
      j++;
      startB = endB;
    }
  }
  if (equal) return { at: Number.POSITIVE_INFINITY, known: Number.POSITIVE_INFINITY };
  return { at: Math.max(startA, startB, at), known: known < 0 ? at : known };
}
