/** The state of a run by the plainest possible loop over its events: what the quick one is held against. */
import type { Address, SocketInfo, TraceEvent } from '../../src/contracts/trace';
import type { Reading, RunState, SocketState } from '../../src/contracts/trace-model';
import type { TraceStore } from '../../src/trace';

const SENDS = ['write', 'writev', 'send', 'sendto', 'sendmsg'];
const RECEIVES = ['read', 'readv', 'recv', 'recvfrom', 'recvmsg'];

interface Folded extends SocketState {
  connected: boolean;
  backlog: Reading | null;
}

/** The fold of events 1..step. */
export function plainFold(store: TraceStore, step: number): RunState {
  const sockets = new Map<string, Folded>();
  const ended = new Set<number>();
  const accepts = new Map<string, TraceEvent>();
  const order: string[] = [];
  for (let seq = 1; seq <= step; seq++) {
    const event = store.event(seq);
    if (event.kind === 'exit') {
      ended.add(event.pid);
      for (const socket of sockets.values()) if (socket.pid === event.pid) closed(socket);
    }
    if (event.args?.accepted) accepts.set(String(event.args.accepted), event);
    if (event.socket === null) continue;
    let socket = sockets.get(event.socket);
    if (socket === undefined) {
      socket = fresh(store, event.socket, accepts.get(event.socket) ?? null);
      sockets.set(event.socket, socket);
      order.push(event.socket);
    }
    take(socket, event);
  }
  for (const socket of sockets.values()) queues(store, socket, sockets, step);
  const t = step === 0 ? 0 : store.event(step).t;
  return {
    step,
    t,
    sockets: order.map((id) => {
      const { connected: _, backlog: __, ...state } = sockets.get(id)!;
      return state;
    }),
    processes: store.processes.filter((one) => one.started <= t).map((one) => ({ pid: one.pid, running: !ended.has(one.pid) })),
  };
}

function fresh(store: TraceStore, id: string, accept: TraceEvent | null): Folded {
  const info = store.sockets.find((one) => one.id === id)!;
  return {
    index: store.sockets.indexOf(info),
    id,
    pid: info.pid,
    protocol: info.protocol,
    role: info.role,
    state: info.protocol.startsWith('tcp') ? 'CLOSED' : 'UNBOUND',
    orState: null,
    stateProvenance: 'derived',
    open: true,
    fd: accept?.result ?? null,
    local: accept?.local ?? null,
    remote: accept?.remote ?? null,
    peer: null,
    recvQ: null,
    sendQ: null,
    writableLength: null,
    readableLength: null,
    writeQueueSize: null,
    bytesSent: 0,
    bytesReceived: 0,
    connected: accept !== null,
    backlog: null,
  };
}

function closed(socket: Folded): void {
  socket.open = false;
  socket.fd = null;
}

function take(socket: Folded, event: TraceEvent): void {
  if (!socket.open && event.fd !== null) event = { ...event, fd: null };
  if (event.fd !== null) socket.fd = event.fd;
  if (event.kind === 'state') {
    socket.state = event.state!.to;
    socket.orState = (event.args?.or as SocketState['orState']) ?? null;
    socket.stateProvenance = event.provenance;
  }
  if (event.kind === 'buffer') {
    if (event.buffer === 'stream-write') socket.writableLength = event.bytes;
    if (event.buffer === 'stream-read') socket.readableLength = event.bytes;
    if (event.buffer === 'libuv-write') socket.writeQueueSize = event.bytes;
  }
  if (event.kind !== 'call' || event.call === 'accept4' || event.call === 'accept') return;
  const failed = event.error !== null;
  if (event.call === 'socket' && event.result !== null && event.result >= 0) socket.fd = event.result;
  if (!failed && event.bytes !== null && event.bytes > 0) {
    if (SENDS.includes(event.call!)) socket.bytesSent += event.bytes;
    if (RECEIVES.includes(event.call!)) socket.bytesReceived += event.bytes;
  }
  if (event.call === 'connect' && !failed) socket.connected = true;
  if (event.call === 'getsockopt' && event.args?.option === 'SO_ERROR' && event.args.value === 0) socket.connected = true;
  if (event.call === 'close' && !failed) closed(socket);
  if (event.call === 'listen' && !failed) {
    const backlog = Number(event.args!.backlog);
    socket.backlog = { low: Math.min(backlog, 4096), high: backlog, provenance: event.provenance };
  }
  if (event.local && !failed) socket.local = event.local;
  const peersName = event.remote && !socket.protocol.startsWith('udp') && (!failed || event.call === 'connect');
  if (peersName) socket.remote = event.remote as Address;
}

function queues(store: TraceStore, socket: Folded, all: Map<string, Folded>, step: number): void {
  const info: SocketInfo = store.sockets[socket.index]!;
  if (socket.state === 'LISTEN') {
    socket.sendQ = socket.backlog;
    socket.recvQ = acceptQueue(store, info, step);
    return;
  }
  if (info.peer === null) return;
  const peer = all.get(info.peer) ?? null;
  if (peer !== null) socket.peer = info.peer;
  if (socket.protocol.startsWith('udp') || !socket.connected) return;
  const unix = socket.protocol === 'unix';
  const ahead = socket.bytesSent - (peer?.bytesReceived ?? 0);
  const behind = (peer?.bytesSent ?? 0) - socket.bytesReceived;
  const settled = (one: Folded | null, states: string[]) => one !== null && one.orState === null && states.includes(one.state);
  const sendHigh = settled(socket, ['FIN_WAIT_2', 'TIME_WAIT', 'CLOSED']) ? 0 : Math.max(0, ahead + (socket.writeQueueSize ?? 0));
  const recvHigh = socket.open ? Math.max(0, behind + (peer?.writeQueueSize ?? 0)) : 0;
  const exact = unix || settled(peer, ['FIN_WAIT_2', 'TIME_WAIT']);
  socket.recvQ = { low: socket.open && exact ? Math.min(recvHigh, Math.max(0, behind)) : 0, high: recvHigh, provenance: 'derived' };
  socket.sendQ = unix ? null : { low: 0, high: sendHigh, provenance: 'derived' };
}

/** Clients of this listener that are connected (or trying) and that it has not accepted at `step`. */
function acceptQueue(store: TraceStore, listener: SocketInfo, step: number): Reading | null {
  let low = 0;
  let high = 0;
  let alone = 0;
  let connecting = 0;
  for (const info of store.sockets) {
    if (info.listener === listener.id && info.peer === null) {
      const at = acceptOf(store, info.id);
      if (at > 0 && info.remote !== null) alone++;
      else if (at > 0 && at <= step) low--;
    }
    if (info.role !== 'client' || info.remote === null || listener.local === null) continue;
    if (JSON.stringify(info.remote) !== JSON.stringify(listener.local)) continue;
    let asked = 0;
    let connected = 0;
    let reset = false;
    let accepted = Number.POSITIVE_INFINITY;
    for (let seq = 1; seq <= store.size; seq++) {
      const event = store.event(seq);
      if (info.peer !== null && event.args?.accepted === info.peer) accepted = seq;
      if (event.socket !== info.id) continue;
      if (event.call === 'connect') asked = seq;
      if (event.call === 'connect' && event.error === null) connected = seq;
      if (event.call === 'getsockopt' && event.args?.value === 0) connected = seq;
      if (event.call === 'getsockopt' && event.args?.value !== 0) asked = 0;
      if (event.call === 'getsockopt' && event.args?.value === 'ECONNRESET') reset = true;
    }
    if (asked === 0 && !reset) continue;
    if (connected === 0) connecting++;
    if (asked === 0) continue;
    if (connected > 0 && connected <= step && step < accepted && connected < accepted) low++;
    if (asked <= step && step < accepted) high++;
  }
  return alone > connecting ? null : { low: Math.max(0, low), high, provenance: 'derived' };
}

/** Seq of the accept that made this socket; 0 when there is none. */
function acceptOf(store: TraceStore, id: string): number {
  for (let seq = 1; seq <= store.size; seq++) if (store.event(seq).args?.accepted === id) return seq;
  return 0;
}
