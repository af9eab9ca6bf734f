import type { TraceReader, Undelivered } from '../../../src/contracts/trace-model';
import { FATE_WORDS } from '../../../src/knowledge/datagram-words';
import type { Box, LabelPlacer } from './labels';
import { markPlace, type SceneInput } from './scene';

/** A datagram that did not arrive: from its send to where it ends, short of the lane of its receiver. */
export interface Missed {
  fate: Undelivered['fate'];
  sent: number;
  x: number;
  y: number;
  endX: number;
  endY: number;
  /** Of a refused one: where the call is to which the answer came; null when that is too far away to be drawn. */
  back: { x: number; y: number } | null;
  /** `1,003 B lost`; empty when there is no room. */
  text: string;
  textX: number;
  textY: number;
  /** Touches the current step. */
  strong: boolean;
}

/** How far to the right it goes on its way. */
const REACH = 26;
/** The way of one that has no lane to go to: down, past the band of its own lane. */
const DOWN = 31;
/** An answer that came later than that many pixels is a line across the picture; its call says what it answers. */
const FURTHEST_BACK = 240;
/** More of them in view are a thicket: then only that of the current step. */
const MOST = 40;

/** The datagrams in view that did not get to the program that they were for. */
export function layoutMissed(input: SceneInput, from: number, to: number, most: number, placer: LabelPlacer): Missed[] {
  const { reader, step } = input;
  const found = new Map<number, Missed>();
  const add = (seq: number) => {
    const one = reader.undelivered(seq);
    if (one === null || one.sent === 0 || one.received > 0 || found.has(one.sent)) return;
    const missed = place(input, one);
    if (missed) found.set(one.sent, missed);
  };
  if (step > 0 && step <= reader.size) add(step);
  if (to - from <= most) for (let seq = Math.max(1, from); seq <= to; seq++) if (mayBe(reader, seq)) add(seq);
  const shown = found.size > MOST ? [...found.values()].filter(({ strong }) => strong) : [...found.values()];
  for (const missed of [...shown].sort((a, b) => Number(b.strong) - Number(a.strong))) placeText(input, missed, placer);
  return shown;
}

const mayBe = (reader: TraceReader, seq: number): boolean => {
  const kind = reader.kind(seq);
  return (kind === 'call' || kind === 'fault') && (reader.sockets[reader.socketIndex(seq)]?.protocol.startsWith('udp') ?? false);
};

function place(input: SceneInput, { fate, sent, shown, receiver }: Undelivered): Missed | null {
  const start = markPlace(input, sent);
  if (!start || start.y < 0 || start.y > input.height || start.x < -REACH || start.x > input.width) return null;
  let endY = start.y + DOWN;
  let endX = start.x + REACH;
  let back: Missed['back'] = null;
  const at = receiver < 0 ? undefined : input.rows.ofSocket[receiver];
  const row = at === undefined ? undefined : input.rows.rows[at];
  if (row) {
    // At the border of its lane: it did not get in.
    const top = row.y - input.scrollY - 3;
    const bottom = top + row.height + 6;
    if (top > start.y) endY = top;
    else if (bottom < start.y) endY = bottom;
  }
  if (fate === 'refused') {
    const answer = markPlace(input, shown);
    if (answer && answer.y === start.y && answer.x - start.x >= 16 && answer.x - start.x <= FURTHEST_BACK) {
      back = answer;
      endX = (start.x + answer.x) / 2;
    }
  }
  const strong = input.step === sent || input.step === shown;
  return { fate, sent, x: start.x, y: start.y, endX, endY, back, text: '', textX: 0, textY: 0, strong };
}

/** What it covers on the picture with its text, with rims. */
export function boxOfMissed(missed: Missed, measure: (text: string) => number): Box[] {
  const { x, y, endX, endY, back, text, textX, textY } = missed;
  const left = Math.min(x, endX) - 12;
  const top = Math.min(y, endY, back?.y ?? y) - 16;
  const boxes = [
    { x: left, y: top, width: Math.max(x, endX, back?.x ?? x) + 12 - left, height: Math.max(y, endY, back?.y ?? y) + 16 - top },
  ];
  if (text) boxes.push({ x: textX - 4, y: textY - 11, width: measure(text) + 8, height: 22 });
  return boxes;
}

function placeText(input: SceneInput, missed: Missed, placer: LabelPlacer): void {
  const { reader } = input;
  const { args } = reader.event(missed.sent);
  const bytes = reader.bytes(missed.sent) ?? (typeof args?.bytes === 'number' ? args.bytes : null);
  const word = FATE_WORDS[missed.fate];
  const height = 14;
  const y = missed.endY - height / 2;
  for (const text of bytes === null ? [word] : [`${bytes.toLocaleString('en')} B ${word}`, word]) {
    const width = input.measure(text) + 4;
    const boxes = [
      { x: missed.endX + 9, y, width, height },
      { x: missed.endX - 9 - width, y, width, height },
      { x: missed.endX - width / 2, y: y + (missed.endY > missed.y ? 13 : -13), width, height },
    ];
    const inside = boxes.filter((box) => box.x >= 0 && box.x + width <= input.width && box.y >= 0 && box.y + height <= input.height);
    const box = placer.takeFirst(inside);
    if (!box) continue;
    missed.text = text;
    missed.textX = box.x + 2;
    missed.textY = box.y + height / 2;
    return;
  }
}
