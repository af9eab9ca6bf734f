import type { SocketStateName } from '../../../src/contracts/trace';
import type { TraceReader } from '../../../src/contracts/trace-model';

/** A state on the map; `GONE` is CLOSED at the end of a connection, drawn apart from where it began. */
export type MapState = Exclude<SocketStateName, 'UNBOUND' | 'BOUND' | 'CONNECTED'> | 'GONE';

/** Where the states are, in the units of the map (MAP_SIZE): middle of each box. */
export const MAP_NODES: Record<MapState, { x: number; y: number }> = {
  CLOSED: { x: 250, y: 18 },
  LISTEN: { x: 80, y: 70 },
  SYN_SENT: { x: 420, y: 70 },
  SYN_RECEIVED: { x: 80, y: 130 },
  ESTABLISHED: { x: 250, y: 170 },
  FIN_WAIT_1: { x: 80, y: 230 },
  CLOSE_WAIT: { x: 420, y: 230 },
  FIN_WAIT_2: { x: 80, y: 300 },
  CLOSING: { x: 250, y: 256 },
  LAST_ACK: { x: 420, y: 300 },
  TIME_WAIT: { x: 250, y: 330 },
  GONE: { x: 420, y: 378 },
};
export const MAP_SIZE = { width: 500, height: 400 };
/** Size of a box. */
export const MAP_BOX = { width: 116, height: 26 };

/** The transitions of RFC 9293 figure 5 that this map shows: what brings them, at which side of the line it is written. */
export const MAP_EDGES: readonly { from: MapState; to: MapState; text: string; dx: number; dy: number }[] = [
  { from: 'CLOSED', to: 'LISTEN', text: 'listen()', dx: -34, dy: -4 },
  { from: 'CLOSED', to: 'SYN_SENT', text: 'connect(): SYN', dx: 48, dy: -4 },
  { from: 'LISTEN', to: 'SYN_RECEIVED', text: 'SYN in', dx: 26, dy: 4 },
  { from: 'SYN_SENT', to: 'ESTABLISHED', text: 'SYN+ACK in', dx: 44, dy: 10 },
  { from: 'SYN_RECEIVED', to: 'ESTABLISHED', text: 'ACK in', dx: 4, dy: -10 },
  { from: 'ESTABLISHED', to: 'FIN_WAIT_1', text: 'end(): FIN', dx: -38, dy: -4 },
  { from: 'ESTABLISHED', to: 'CLOSE_WAIT', text: 'FIN in', dx: 30, dy: -4 },
  { from: 'FIN_WAIT_1', to: 'FIN_WAIT_2', text: 'ACK in', dx: -24, dy: 4 },
  { from: 'FIN_WAIT_1', to: 'CLOSING', text: 'FIN in', dx: 4, dy: -8 },
  { from: 'FIN_WAIT_1', to: 'TIME_WAIT', text: '', dx: 0, dy: 0 },
  { from: 'FIN_WAIT_2', to: 'TIME_WAIT', text: 'FIN in', dx: -14, dy: 16 },
  { from: 'CLOSING', to: 'TIME_WAIT', text: 'ACK in', dx: 24, dy: 4 },
  { from: 'CLOSE_WAIT', to: 'LAST_ACK', text: 'end(): FIN', dx: 36, dy: 4 },
  { from: 'LAST_ACK', to: 'GONE', text: 'ACK in', dx: 26, dy: 4 },
  { from: 'TIME_WAIT', to: 'GONE', text: 'after a while', dx: -30, dy: 18 },
];

/** One leg of the path that a socket took. */
export interface MapLeg {
  from: MapState;
  to: MapState;
  /** The step at which it was taken. */
  step: number;
  /** Follows from the way TCP works; the trace has no step for it. */
  model: boolean;
  /** On the map as RFC 9293 draws it; a reset, for one, is not. */
  drawn: boolean;
}

const known = new Set(MAP_EDGES.map(({ from, to }) => `${from} ${to}`));

/** The path of a TCP socket over the whole trace, leg by leg. Empty for sockets of other protocols. */
export function mapPath(reader: TraceReader, socketIndex: number): MapLeg[] {
  const socket = reader.sockets[socketIndex];
  if (!socket || (socket.protocol !== 'tcp' && socket.protocol !== 'tcp6')) return [];
  const legs: MapLeg[] = [];
  const add = (from: MapState, to: MapState, step: number, model = false) =>
    legs.push({ from, to, step, model, drawn: known.has(`${from} ${to}`) });
  for (const seq of reader.eventsOfSocket(socketIndex)) {
    const to = reader.stateTo(seq) as MapState | null;
    if (to === null || !(to in MAP_NODES)) continue;
    const from = (legs.at(-1)?.to ?? reader.stateFrom(seq) ?? 'CLOSED') as MapState;
    if (socket.role === 'accepted' && legs.length === 0 && to === 'ESTABLISHED') {
      // The kernel made it from a SYN to the listener, before there was a descriptor.
      add('LISTEN', 'SYN_RECEIVED', seq, true);
      add('SYN_RECEIVED', 'ESTABLISHED', seq, true);
    } else add(from === 'GONE' ? 'CLOSED' : from, to === 'CLOSED' && from !== 'CLOSED' ? 'GONE' : to, seq);
  }
  return legs;
}

/** The state on the map at a step. */
export function mapStateAt(legs: readonly MapLeg[], step: number): MapState {
  return legs.findLast((leg) => leg.step <= step)?.to ?? legs[0]?.from ?? 'CLOSED';
}
