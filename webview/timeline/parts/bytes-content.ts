import { type ByteStream, pieceAt, type StreamContent, splitCharacter, startOf, textRuns } from '../../../src/trace/bytes';
import { h } from '../../kit/dom';
import { bytesText, WRITE_TONES } from './bytes-ruler';

/** Bytes of a piece that are shown at most. */
const MOST = 1024;

/** The bytes from `start` up to `end` as text and as hex, each in the colour of its write; a click on a byte follows it. */
export function contentView(
  content: StreamContent,
  range: { start: number; end: number },
  focus: number | null,
  room: number,
  follow: (offset: number) => void,
): (HTMLElement | null)[] {
  const { stream } = content;
  const all = content.slice(range.start, Math.min(range.end, range.start + MOST));
  const last = all.findLastIndex((byte) => byte >= 0);
  const bytes = all.subarray(0, last + 1);
  const end = range.start + bytes.length;
  let known = 0;
  for (const byte of bytes) if (byte >= 0) known++;
  const whole = range.end - range.start;
  if (known === 0) return [h('p', { class: 'faint' }, `${bytesText(whole)} moved. Their content was not captured.`)];
  const missing = known < whole ? `The first bytes of it: ${known.toLocaleString('en')} of ${bytesText(whole)} were captured.` : null;
  const hex = hexView(stream, bytes, range.start, focus, room >= WIDE.room ? WIDE.bytes : NARROW);
  hex.addEventListener('click', (event) => {
    const offset = (event.target as HTMLElement).dataset.offset;
    if (offset !== undefined) follow(Number(offset));
  });
  return [
    missing ? h('p', { class: 'faint' }, missing) : null,
    h('p', { class: 'faint' }, 'Text (UTF-8)'),
    textView(content, bytes, range, end),
    h('p', { class: 'faint' }, 'Hex. Click a byte to follow it from write to read.'),
    hex,
  ];
}

const toneAt = (stream: ByteStream, offset: number) => {
  const n = pieceAt(stream.writes, offset);
  return n < 0 ? '' : ` tone-${n % WRITE_TONES}`;
};

function textView(content: StreamContent, bytes: Int16Array, range: { start: number; end: number }, end: number): HTMLElement {
  const { stream } = content;
  const borders: number[] = [];
  for (const pieces of [stream.writes, stream.reads]) {
    for (let n = Math.max(0, pieceAt(pieces, range.start)); n < pieces.seqs.length && pieces.ends[n]! < end; n++)
      borders.push(pieces.ends[n]!);
  }
  borders.sort((a, b) => a - b);
  const split = [splitCharacter(content, range.start), splitCharacter(content, range.end)];
  const inSplit = (offset: number) => split.find((one) => one && offset >= one.start && offset < one.end) ?? null;
  return h(
    'pre',
    { class: 'bytes-text', 'data-name': 'payload-text' },
    ...textRuns(bytes, range.start, borders).map((run) => {
      if (run.kind === 'gap') return h('span', { class: 'gap' }, `… ${bytesText(run.end - run.start)} not captured …`);
      const first = pieceAt(stream.writes, run.start);
      const begins = first >= 0 && startOf(stream.writes, first) === run.start;
      const name = begins ? `W${first + 1}` : null;
      if (run.kind === 'text') return h('span', { class: `run${toneAt(stream, run.start)}`, 'data-write': name }, visible(run.text));
      const cut = inSplit(run.start);
      const title = cut
        ? `One of the ${cut.end - cut.start} bytes of ${cut.text}: the others are in the ${run.start >= range.start + 4 || cut.start >= range.start ? 'next' : 'previous'} piece`
        : 'No UTF-8 character here';
      return h('span', { class: `run byte${cut ? ' split' : ''}${toneAt(stream, run.start)}`, 'data-write': name, title }, run.text);
    }),
  );
}

/** Control characters as dots; line feeds and tabs stay what they are. */
function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, (char) => (char === '\n' || char === '\t' ? char : '·'));
}

/** Bytes in a line, and with so many the width that is needed, CSS pixels. */
const WIDE = { bytes: 16, room: 600 };
const NARROW = 8;

function hexView(stream: ByteStream, bytes: Int16Array, start: number, focus: number | null, perLine: number): HTMLElement {
  const readStarts = new Set<number>();
  for (
    let n = Math.max(0, pieceAt(stream.reads, start));
    n < stream.reads.seqs.length && startOf(stream.reads, n) < start + bytes.length;
    n++
  )
    readStarts.add(startOf(stream.reads, n));
  const lines: HTMLElement[] = [];
  for (let at = 0; at < bytes.length; at += perLine) {
    const cells: (Node | string)[] = [];
    let text = '';
    for (let i = 0; i < perLine; i++) {
      if (i > 0) cells.push(i === 8 ? '  ' : ' ');
      const byte = at + i < bytes.length ? bytes[at + i]! : null;
      if (byte === null) {
        cells.push('  ');
        continue;
      }
      const offset = start + at + i;
      const w = pieceAt(stream.writes, offset);
      cells.push(
        h(
          'span',
          {
            class: `hex${toneAt(stream, offset)}${offset === focus ? ' followed' : ''}${readStarts.has(offset) && offset > start ? ' cut' : ''}`,
            'data-offset': offset,
            title: `Byte ${offset}${w >= 0 ? `, write ${w + 1}` : ''}`,
          },
          byte < 0 ? '··' : byte.toString(16).padStart(2, '0'),
        ),
      );
      text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·';
    }
    lines.push(
      h(
        'div',
        {},
        h('span', { class: 'faint' }, (start + at).toString(16).padStart(4, '0')),
        '  ',
        ...cells,
        '  ',
        h('span', { class: 'hex-text' }, text),
      ),
    );
  }
  return h('pre', { class: 'bytes-hex', 'data-name': 'payload-hex' }, ...lines);
}
