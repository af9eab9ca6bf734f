import type { Link } from '../../../src/contracts/trace-model';
import { FATE_WORDS } from '../../../src/knowledge/datagram-words';
import type { Box, LabelPlacer } from './labels';
import { markPlace, type SceneInput } from './scene';

/** An arrow from one end's event to the other's: a cubic curve that leaves and arrives level. */
export interface Arrow {
  kind: Link['kind'];
  from: number;
  to: number;
  x1: number;
  y1: number;
  x2: number;
  y2: number;
  /** "14 B", "FIN", "RST", "connects"; empty when there is no room. */
  text: string;
  textX: number;
  textY: number;
  /** Touches the current step. */
  strong: boolean;
  /** The end that is in view when the other is in a lane above or below it: only the piece at that end is drawn. */
  stub: 'from' | 'to' | null;
  /** A fault threw the datagram away behind this receive: it ends with a cross. */
  dropped: boolean;
}

/** With more events in view than this, only the arrows of the current step are drawn. */
export const MOST_EVENTS = 1500;
/** How far before the view an arrow may begin that ends in it. */
const LOOK_BACK = 300;
/** More arrows than this are a tangle: then only those that begin and end connections are drawn, if these are few enough. */
const MOST_ARROWS = 48;

/** Arrows of what is in view, and those of the current step. Both rows must be shown; one end may be outside the view. */
export function layoutArrows(input: SceneInput, from: number, to: number, placer: LabelPlacer): Arrow[] {
  const { reader, step } = input;
  const links: Link[] = [];
  if (to >= from && to - from <= MOST_EVENTS) links.push(...shownLinks(input, Math.max(1, from - LOOK_BACK), to));
  if (step > 0 && step <= reader.size)
    for (const link of reader.links(step)) if (!links.some((other) => sameLink(other, link))) links.push(link);
  const arrows: Arrow[] = [];
  for (const link of links) {
    const start = markPlace(input, link.from);
    const end = markPlace(input, link.to);
    if (!start || !end) continue;
    if (Math.max(start.x, end.x) < 0 || Math.min(start.x, end.x) > input.width) continue;
    if (Math.max(start.y, end.y) < 0 || Math.min(start.y, end.y) > input.height) continue;
    const strong = link.from === step || link.to === step;
    const isOutside = (y: number) => y < 0 || y > input.height;
    // Lines across all lanes from somewhere to somewhere say nothing. The arrows of the current step are drawn whole.
    if (!strong && isOutside(start.y) && isOutside(end.y)) continue;
    const stub = strong ? null : isOutside(start.y) ? 'to' : isOutside(end.y) ? 'from' : null;
    arrows.push({
      kind: link.kind,
      from: link.from,
      to: link.to,
      x1: start.x,
      y1: start.y,
      x2: end.x,
      y2: end.y,
      text: '',
      textX: 0,
      textY: 0,
      strong,
      stub,
      dropped: link.kind === 'datagram' && reader.undelivered(link.to) !== null,
    });
  }
  const shown = untangle(arrows);
  for (const arrow of [...shown].sort((a, b) => Number(b.strong) - Number(a.strong))) placeText(input, arrow, links, placer);
  return shown;
}

/** The links whose earlier end lies in [from, to]. Of a crowd most events have no lane, and so no arrow: their links are not looked for. */
function shownLinks({ reader, rows }: SceneInput, from: number, to: number): Link[] {
  if (!rows.crowded) return reader.linksBetween(from, to);
  const found: Link[] = [];
  for (let seq = from; seq <= Math.min(to, reader.size); seq++) {
    const socket = reader.socketIndex(seq);
    if (socket >= 0 && rows.ofSocket[socket] === -1) continue;
    found.push(...reader.linksBetween(seq, seq));
  }
  return found;
}

function untangle(arrows: Arrow[]): Arrow[] {
  if (arrows.length <= MOST_ARROWS) return arrows;
  const marks = arrows.filter((arrow) => arrow.strong || (arrow.kind !== 'bytes' && arrow.kind !== 'datagram'));
  return marks.length <= MOST_ARROWS ? marks : arrows.filter((arrow) => arrow.strong);
}

function sameLink(a: Link, b: Link): boolean {
  return a.kind === b.kind && a.from === b.from && a.to === b.to && a.range?.start === b.range?.start;
}

/** What moved along an arrow. */
export function linkText(link: Link, bytes: number | null, tcp: boolean): string {
  switch (link.kind) {
    case 'connect':
      return 'connects';
    case 'bytes':
      return link.range ? `${link.range.end - link.range.start} B` : '';
    case 'datagram':
      return bytes === null ? 'datagram' : `${bytes} B`;
    case 'fin':
      // Only TCP has segments with flags; on a Unix-domain socket it is the end alone.
      return tcp ? 'FIN' : 'end';
    case 'reset':
      return tcp ? 'RST' : 'reset';
  }
}

function placeText(input: SceneInput, arrow: Arrow, links: readonly Link[], placer: LabelPlacer): void {
  const link = links.find((other) => other.kind === arrow.kind && other.from === arrow.from && other.to === arrow.to);
  const tcp = input.reader.sockets[input.reader.socketIndex(arrow.from)]?.protocol.startsWith('tcp') ?? false;
  const moved = link ? linkText(link, input.reader.bytes(arrow.from), tcp) : '';
  const text = arrow.dropped ? `${moved} ${FATE_WORDS.dropped}` : moved;
  if (!moved || arrow.stub || Math.abs(arrow.y2 - arrow.y1) < 24) return;
  const width = input.measure(text) + 8;
  const boxes = [0.5, 0.4, 0.6, 0.3, 0.7].map((part) => {
    const point = curvePoint(arrow, part);
    return { x: point.x - width / 2, y: point.y - 8, width, height: 16 };
  });
  const inside = boxes.filter((box) => box.x >= 0 && box.x + box.width <= input.width && box.y >= 0 && box.y + box.height <= input.height);
  const box = placer.takeFirst(inside);
  if (!box) return;
  arrow.text = text;
  arrow.textX = box.x;
  arrow.textY = box.y;
}

/** Control points: both tangents are level, so that arrows leave to the right and arrive from the left. */
export function curveOf(arrow: Pick<Arrow, 'x1' | 'y1' | 'x2' | 'y2'>): { c1: number; c2: number } {
  const bend = Math.min(48, Math.max(12, Math.abs(arrow.x2 - arrow.x1) / 2));
  return { c1: arrow.x1 + bend, c2: arrow.x2 - bend };
}

/** What an arrow and its text cover on the picture, with rims. */
export function boxOfArrow(arrow: Arrow, measure: (text: string) => number): Box[] {
  const { x1, x2, y1, y2, text, textX, textY } = arrow;
  const { c1, c2 } = curveOf(arrow);
  const [left, top] = [Math.min(x1, x2, c1, c2) - 10, Math.min(y1, y2) - 16];
  const boxes = [{ x: left, y: top, width: Math.max(x1, x2, c1, c2) + 10 - left, height: Math.max(y1, y2) + 16 - top }];
  if (text) boxes.push({ x: textX, y: textY - 2, width: measure(text) + 8, height: 20 });
  return boxes;
}

/** A point of the curve, part 0..1. */
export function curvePoint(arrow: Pick<Arrow, 'x1' | 'y1' | 'x2' | 'y2'>, part: number): { x: number; y: number } {
  const { c1, c2 } = curveOf(arrow);
  const a = (1 - part) ** 3;
  const b = 3 * (1 - part) ** 2 * part;
  const c = 3 * (1 - part) * part ** 2;
  const d = part ** 3;
  return { x: a * arrow.x1 + b * c1 + c * c2 + d * arrow.x2, y: (a + b) * arrow.y1 + (c + d) * arrow.y2 };
}
