import type { RunState, SocketState } from '../contracts/trace-model';
import { Act } from './shapes';
import type { TraceStore } from './store';

/** A socket before any of its events. */
export function unborn(store: TraceStore, index: number): SocketState {
  const info = store.sockets[index]!;
  const { id, pid, protocol, role } = info;
  return {
    index,
    id,
    pid,
    protocol,
    role,
    state: protocol === 'tcp' || protocol === 'tcp6' ? 'CLOSED' : 'UNBOUND',
    orState: null,
    stateProvenance: 'derived',
    open: true,
    fd: null,
    local: null,
    remote: null,
    peer: null,
    recvQ: null,
    sendQ: null,
    writableLength: null,
    readableLength: null,
    writeQueueSize: null,
    bytesSent: 0,
    bytesReceived: 0,
  };
}

/** The fold of events 1..step, plainly. */
export function foldRun(store: TraceStore, step: number): RunState {
  const sockets = new Map<number, SocketState>();
  for (let seq = 1; seq <= step; seq++) {
    const event = store.event(seq);
    const index = store.socketIndex(seq);
    if (index < 0) continue;
    let socket = sockets.get(index);
    if (socket === undefined) {
      socket = unborn(store, index);
      sockets.set(index, socket);
    }
    if (event.fd !== null) socket.fd = event.fd;
    if (event.local) socket.local = event.local;
    if (event.remote) socket.remote = event.remote;
    if (event.state) {
      socket.state = event.state.to;
      socket.orState = (event.args?.or as SocketState['orState']) ?? null;
      socket.stateProvenance = event.provenance;
    }
    const act = store.act(seq);
    if (act === Act.socket && event.result !== null && event.result >= 0) socket.fd = event.result;
    if (act === Act.send && event.bytes) socket.bytesSent += event.bytes;
    if (act === Act.receive && event.bytes) socket.bytesReceived += event.bytes;
    if (act === Act.buffer) {
      if (event.buffer === 'stream-write') socket.writableLength = event.bytes;
      if (event.buffer === 'stream-read') socket.readableLength = event.bytes;
      if (event.buffer === 'libuv-write') socket.writeQueueSize = event.bytes;
    }
    if (act === Act.close && event.error === null) {
      socket.open = false;
      socket.fd = null;
    }
  }
  const t = step === 0 ? 0 : store.time(step);
  return {
    step,
    t,
    sockets: [...sockets.values()],
    processes: store.processes
      .filter((process) => process.started <= t)
      .map((process, i) => ({ pid: process.pid, running: store.exitSeqs[i] === 0 || store.exitSeqs[i]! > step })),
  };
}
