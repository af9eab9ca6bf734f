import type { TraceReader } from '../../../src/contracts/trace-model';
import { STATE_MEANING } from '../../../src/knowledge/meanings';
import { fill, h } from '../../kit/dom';
import { MAP_BOX, MAP_EDGES, MAP_NODES, MAP_SIZE, type MapLeg, type MapState, mapPath, mapStateAt } from '../layout/tcp-map';

const NS = 'http://www.w3.org/2000/svg';

/** An SVG element; attributes as they are written. */
function svg(tag: string, attributes: Record<string, string | number>, ...children: (Node | string)[]): SVGElement {
  const element = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

const titleOf = (state: MapState) => (state === 'GONE' ? 'CLOSED' : state);

/** The TCP state diagram; the path of one socket lights up as far as the step, and the other end's state is marked. */
export function stateMap(reader: TraceReader, own: number, peer: number, step: number): HTMLElement {
  const legs = mapPath(reader, own);
  const taken = legs.filter((leg) => leg.step <= step);
  const now = mapStateAt(legs, step);
  const others = peer >= 0 ? mapPath(reader, peer) : [];
  const there = others.some((leg) => leg.step <= step) ? mapStateAt(others, step) : null;
  const id = reader.sockets[own]!.id;
  const words = taken.length
    ? `${id}: ${titleOf(taken[0]!.from)}${taken.map((leg) => `, ${titleOf(leg.to)}`).join('')}.`
    : `${id} is ${titleOf(now)}.`;
  const picture = svg('svg', { viewBox: `0 0 ${MAP_SIZE.width} ${MAP_SIZE.height}`, class: 'state-map', role: 'img', 'aria-label': words });
  picture.append(arrowHead('map-head', 'head'), arrowHead('map-head-lit', 'head lit'));
  for (const edge of MAP_EDGES) {
    const n = taken.findLastIndex((leg) => leg.from === edge.from && leg.to === edge.to);
    picture.append(line(edge.from, edge.to, n < 0 ? 'edge' : `edge lit${taken[n]!.model ? ' model' : ''}`));
    if (edge.text) {
      const { x, y } = middle(edge.from, edge.to);
      picture.append(svg('text', { x: x + edge.dx, y: y + edge.dy, class: n < 0 ? 'edge-text' : 'edge-text lit' }, edge.text));
    }
  }
  for (const leg of taken) if (!leg.drawn) picture.append(line(leg.from, leg.to, 'edge lit off'));
  for (const [state, { x, y }] of Object.entries(MAP_NODES) as [MapState, { x: number; y: number }][]) {
    const visited = taken.some((leg) => leg.to === state || leg.from === state);
    const group = svg(
      'g',
      { class: `state${state === now ? ' now' : ''}${visited ? ' visited' : ''}${state === there ? ' there' : ''}`, 'data-state': state },
      svg('title', {}, state === 'GONE' ? `CLOSED: ${STATE_MEANING.CLOSED}` : `${state}: ${STATE_MEANING[state]}`),
      svg('rect', { x: x - MAP_BOX.width / 2, y: y - MAP_BOX.height / 2, width: MAP_BOX.width, height: MAP_BOX.height, rx: 4 }),
      svg('text', { x, y: y + 4 }, titleOf(state)),
    );
    if (state === now) group.append(svg('text', { x: x - MAP_BOX.width / 2, y: y + MAP_BOX.height / 2 + 10, class: 'who' }, id));
    if (state === there && peer >= 0)
      group.append(svg('text', { x: x + MAP_BOX.width / 2, y: y + MAP_BOX.height / 2 + 10, class: 'who other' }, reader.sockets[peer]!.id));
    picture.append(group);
  }
  numbers(picture, taken);
  const figure = h('div', { class: 'state-map-box' });
  fill(figure, picture as unknown as Node);
  return figure;
}

function arrowHead(id: string, className: string): SVGElement {
  return svg(
    'marker',
    { id, viewBox: '0 0 8 8', refX: 8, refY: 4, markerWidth: 8, markerHeight: 8, orient: 'auto', markerUnits: 'userSpaceOnUse' },
    svg('path', { d: 'M0 0 L8 4 L0 8 z', class: className }),
  );
}

/** Where the line between two boxes leaves the first and reaches the second. */
function ends(from: MapState, to: MapState): { x1: number; y1: number; x2: number; y2: number } {
  const a = MAP_NODES[from];
  const b = MAP_NODES[to];
  const border = (at: { x: number; y: number }, other: { x: number; y: number }) => {
    const dx = other.x - at.x;
    const dy = other.y - at.y;
    const scale = Math.min(MAP_BOX.width / 2 / Math.max(Math.abs(dx), 1e-6), MAP_BOX.height / 2 / Math.max(Math.abs(dy), 1e-6));
    return { x: at.x + dx * scale, y: at.y + dy * scale };
  };
  const p = border(a, b);
  const q = border(b, a);
  return { x1: p.x, y1: p.y, x2: q.x, y2: q.y };
}

function middle(from: MapState, to: MapState): { x: number; y: number } {
  const { x1, y1, x2, y2 } = ends(from, to);
  return { x: (x1 + x2) / 2, y: (y1 + y2) / 2 };
}

function line(from: MapState, to: MapState, className: string): SVGElement {
  return svg('line', { ...ends(from, to), class: className, 'marker-end': `url(#map-head${className.includes('lit') ? '-lit' : ''})` });
}

/** The order of the legs, so that the path can be read without colour. */
function numbers(picture: SVGElement, taken: readonly MapLeg[]): void {
  const at = new Map<string, number[]>();
  for (const [i, leg] of taken.entries()) {
    const key = `${leg.from} ${leg.to}`;
    at.set(key, [...(at.get(key) ?? []), i + 1]);
  }
  for (const [key, ns] of at) {
    const [from, to] = key.split(' ') as [MapState, MapState];
    const { x, y } = middle(from, to);
    picture.append(
      svg('circle', { cx: x, cy: y, r: 7, class: 'leg' }),
      svg('text', { x, y: y + 3.5, class: 'leg-text' }, String(ns.at(-1))),
    );
  }
}
