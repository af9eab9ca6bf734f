import {
  type ByteStream,
  cutOf,
  movedAt,
  overlap,
  type SplitCharacter,
  type StreamContent,
  splitByReads,
  startOf,
} from '../../../src/trace/bytes';
import { fill, h, setAttributes } from '../../kit/dom';
import { layoutRuler, type Ruler, type RulerPiece } from '../layout/ruler';

/** Width of the names before the rows, CSS pixels. */
const NAMES = 52;
/** Colours that writes take in turn; the number of the write is always written beside. */
export const WRITE_TONES = 6;

/** What the ruler is drawn of. */
export interface RulerInput {
  stream: ByteStream;
  content: StreamContent;
  step: number;
  /** Offset of the byte that is followed. */
  focus: number;
  /** Bytes in libuv's queue of the sender at the step, as read; null when never. */
  queued: number | null;
  /** CSS pixels. */
  room: number;
}

export const bytesText = (bytes: number) => (bytes === 1 ? '1 byte' : `${bytes.toLocaleString('en')} bytes`);

/** What a read made of the writes, in words. */
export function cutWords(stream: ByteStream, n: number): string {
  const shared = overlap(stream.reads, n, stream.writes);
  switch (cutOf(stream, n)) {
    case 'whole':
      return `all of write ${shared!.first + 1}`;
    case 'part':
      return `a part of write ${shared!.first + 1}`;
    case 'joined':
      return `writes ${shared!.first + 1} to ${shared!.last + 1} joined`;
    case 'unknown':
      return '';
  }
}

/** One direction of a stream as a ruler: writes above, where the bytes are at the step in the middle, reads below. */
export function rulerView(goTo: (seq: number) => void): { element: HTMLElement; draw(input: RulerInput): void } {
  const scale = h('div', { class: 'ruler-scale' });
  const box = h('div', { class: 'ruler-box' }, scale);
  const names = ['writes', 'where', 'reads'].map((name) => h('span', { class: 'faint' }, name));
  const element = h(
    'div',
    { class: 'ruler', role: 'group', 'aria-label': 'The stream: writes above, reads below' },
    h('div', { class: 'ruler-names' }, ...names),
    box,
  );
  // A piece that begins out of view keeps its label in view.
  const keepLabels = () => {
    for (const one of scale.querySelectorAll<HTMLElement>('.piece-label')) {
      const piece = one.parentElement!;
      const hidden = box.scrollLeft - piece.offsetLeft;
      one.style.marginLeft = hidden > 0 ? `${Math.min(hidden, Math.max(0, piece.offsetWidth - one.offsetWidth - 12))}px` : '';
    }
  };
  box.addEventListener('scroll', keepLabels);
  return {
    element,
    draw(input) {
      const { stream, step } = input;
      const ruler = layoutRuler(stream, input.focus, Math.max(120, input.room - NAMES));
      scale.style.width = `${ruler.width}px`;
      const splits = splitByReads(input.content, ruler.reads[0]?.n ?? 0, (ruler.reads.at(-1)?.n ?? -1) + 1);
      fill(
        scale,
        row('writes', stream.from < 0 ? 'The writer is not in this trace' : 'Nothing written yet', ruler.writes, (piece) =>
          writePiece(piece, ruler, step, goTo),
        ),
        strip(input, ruler),
        row('reads', stream.to < 0 ? 'The reader is not in this trace' : 'Nothing read in this run', ruler.reads, (piece) =>
          readPiece(piece, ruler, input, splits.get(piece.n) ?? null, goTo),
        ),
        ...ruler.reads.slice(1).map((piece) => cutLine(piece, splits.get(piece.n) ?? null)),
      );
      const now = scale.querySelector<HTMLElement>('.now');
      if (now) {
        const left = now.offsetLeft;
        if (left < box.scrollLeft || left + now.offsetWidth > box.scrollLeft + box.clientWidth)
          box.scrollLeft = Math.max(0, left - box.clientWidth / 3);
      }
      keepLabels();
    },
  };
}

function row(name: string, empty: string, pieces: RulerPiece[], draw: (piece: RulerPiece) => HTMLElement): HTMLElement {
  return h('div', { class: `ruler-row ruler-${name}` }, ...(pieces.length ? pieces.map(draw) : [h('span', { class: 'faint' }, empty)]));
}

function place(element: HTMLElement, x: number, width: number): HTMLElement {
  element.style.left = `${x}px`;
  element.style.width = `${Math.max(2, width)}px`;
  return element;
}

/** A label as long as there is room for (about 7 CSS pixels a letter). */
function label(width: number, ...choices: string[]): string {
  return choices.find((choice) => choice.length * 7 + 8 <= width) ?? '';
}

function pieceButton(piece: RulerPiece, ruler: Ruler, step: number, classes: string, words: string): HTMLButtonElement {
  const cut = `${piece.start < ruler.start ? ' cut-left' : ''}${piece.end > ruler.end ? ' cut-right' : ''}`;
  const when = piece.seq === step ? ' now' : piece.seq > step ? ' later' : '';
  const button = h('button', {
    type: 'button',
    class: `piece ${classes}${when}${cut}`,
    'aria-label': `${words}${piece.seq > step ? ', later than this step' : ''}`,
    'aria-current': piece.seq === step ? 'step' : null,
    'data-seq': piece.seq,
    title: words,
  });
  place(button, piece.x, piece.width);
  return button;
}

/** What is seen on a piece begins its name, so that it can be called by it (WCAG 2.5.3). */
function named(button: HTMLButtonElement): HTMLButtonElement {
  const seen = button.textContent;
  if (seen) button.setAttribute('aria-label', `${seen}: ${button.getAttribute('aria-label')}`);
  return button;
}

function writePiece(piece: RulerPiece, ruler: Ruler, step: number, goTo: (seq: number) => void): HTMLElement {
  const bytes = piece.end - piece.start;
  const name = `W${piece.n + 1}`;
  const button = pieceButton(
    piece,
    ruler,
    step,
    `write tone-${piece.n % WRITE_TONES}`,
    `Write ${piece.n + 1}, step ${piece.seq}: ${bytesText(bytes)}, from byte ${piece.start}`,
  );
  button.append(h('span', { class: 'piece-label' }, label(piece.width, `${name} · ${bytes.toLocaleString('en')} B`, name)));
  button.addEventListener('click', () => goTo(piece.seq));
  return named(button);
}

function readPiece(
  piece: RulerPiece,
  ruler: Ruler,
  { stream, step }: RulerInput,
  split: SplitCharacter | null,
  goTo: (seq: number) => void,
): HTMLElement {
  const bytes = piece.end - piece.start;
  const words = cutWords(stream, piece.n);
  const cut = cutOf(stream, piece.n);
  const button = pieceButton(
    piece,
    ruler,
    step,
    `read ${cut}`,
    `Read ${piece.n + 1}, step ${piece.seq}: ${bytesText(bytes)}${words ? `, ${words}` : ''}${split ? `; begins in the middle of the character ${split.text}` : ''}`,
  );
  // The colours of the writes that it is made of.
  const shared = overlap(stream.reads, piece.n, stream.writes);
  if (shared) {
    const last = Math.min(shared.last, shared.first + 200);
    for (let n = shared.first; n <= last; n++) {
      const from = Math.max(ruler.x(startOf(stream.writes, n)), piece.x);
      const to = Math.min(ruler.x(stream.writes.ends[n]!), piece.x + piece.width);
      if (to > from) button.append(place(h('span', { class: `stripe tone-${n % WRITE_TONES}` }), from - piece.x, to - from));
    }
  }
  const count = shared ? shared.last - shared.first + 1 : 0;
  const name = `R${piece.n + 1}`;
  const what = cut === 'joined' ? `joins ${count}` : cut === 'part' ? 'part' : '';
  button.append(
    h(
      'span',
      { class: 'piece-label' },
      label(piece.width, `${name} · ${bytes.toLocaleString('en')} B${what ? ` · ${what}` : ''}`, `${name} · ${what || `${bytes} B`}`, name),
    ),
  );
  button.addEventListener('click', () => goTo(piece.seq));
  return named(button);
}

/** Where the bytes are at the step: read, in the kernel, in libuv's queue, or still to come. */
function strip(input: RulerInput, ruler: Ruler): HTMLElement {
  const { stream, step } = input;
  const written = movedAt(stream.writes, step);
  const read = stream.to < 0 ? 0 : movedAt(stream.reads, step);
  const queued = input.queued ?? 0;
  const parts: [string, string, number, number][] = [['read', 'read', 0, read]];
  if (stream.to < 0) parts.push(['kernel', 'handed to the kernel', 0, written]);
  else if (stream.from >= 0) parts.push(['kernel', 'in the kernel', read, written]);
  parts.push(['libuv', 'in libuv', written, written + queued]);
  const element = h('div', { class: 'ruler-strip' });
  for (const [kind, words, from, to] of parts) {
    const left = ruler.x(from);
    const right = ruler.x(to);
    if (to <= from || right - left < 1) continue;
    const text = `${words}: ${bytesText(to - from)}`;
    element.append(place(h('span', { class: `where where-${kind}`, title: text }, label(right - left, text, words)), left, right - left));
  }
  if (step > 0) setAttributes(element, { role: 'img', 'aria-label': `At step ${step}: ${stripWords(input)}` });
  return element;
}

/** The strip in words. */
export function stripWords({ stream, step, queued }: Pick<RulerInput, 'stream' | 'step' | 'queued'>): string {
  const written = movedAt(stream.writes, step);
  const read = movedAt(stream.reads, step);
  const parts: string[] = [];
  if (stream.from >= 0) parts.push(`${bytesText(written)} written`);
  if (stream.to >= 0) parts.push(`${bytesText(read)} read`);
  if (stream.from >= 0 && stream.to >= 0) parts.push(`${bytesText(Math.max(0, written - read))} in the kernel between them`);
  if (queued) parts.push(`${bytesText(queued)} in libuv’s queue`);
  return parts.join(', ');
}

/** The border between two reads, across the writes; with the character that it cuts. */
function cutLine(piece: RulerPiece, split: SplitCharacter | null): HTMLElement {
  const line = h('span', { class: `cut-line${split ? ' cut-character' : ''}` });
  line.style.left = `${piece.x}px`;
  if (split) line.append(h('span', { class: 'cut-mark' }, split.text));
  return line;
}
