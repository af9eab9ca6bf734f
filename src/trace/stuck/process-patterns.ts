import type { StuckPatternId } from '../../contracts/stuck';
import { lastEventOf, type RunFacts, type SocketFacts } from './facts';

/** What was found of a listener or a process. */
export interface ProcessHit {
  pattern: StuckPatternId;
  pid: number;
  /** The listener that it is about; null for the process as a whole. */
  listener: SocketFacts | null;
  since: number;
  numbers: Record<string, number>;
  others: readonly string[];
}

/** Connections wait in the accept queue of a listener. Node accepts in every turn of its event loop, so the loop does not turn. */
export function acceptQueues(run: RunFacts): ProcessHit[] {
  const found: ProcessHit[] = [];
  for (const listener of run.sockets) {
    if (!listener.listens || !listener.now.open || !listener.running || !listener.stream) continue;
    const waiting = run.sockets.filter(
      (client) => isFor(client, listener) && client.connected > 0 && client.now.peer === null && client.now.open,
    );
    const low = Math.max(listener.now.recvQ?.low ?? 0, 0);
    if (low === 0 || waiting.length === 0) continue;
    const connecting = run.sockets.filter((client) => isFor(client, listener) && client.now.state === 'SYN_SENT');
    const backlog = listener.now.sendQ?.low ?? 0;
    const since = Math.min(...waiting.map((client) => client.connected));
    found.push({
      pattern: connecting.length > 0 && low > backlog ? 'accept-queue-full' : 'accept-queue',
      pid: listener.now.pid,
      listener,
      since,
      numbers: { waiting: low, backlog, connecting: connecting.length, silentSince: lastEventOf(run.trace, listener.now.pid, run.step) },
      others: [...waiting, ...connecting].map((client) => client.now.id),
    });
  }
  return found;
}

/** Whether a client has asked for the address of a listener. */
export function isFor(client: SocketFacts, listener: SocketFacts): boolean {
  const wanted = client.now.remote ?? client.info.remote;
  const { local } = listener.now;
  if (client.info.role !== 'client' || !wanted || !local) return false;
  if ('path' in wanted || 'path' in local) return 'path' in wanted && 'path' in local && wanted.path === local.path;
  return wanted.port === local.port;
}

/** The listener was closed, and connections that came through it are still open: the server cannot end. */
export function heldExits(run: RunFacts): ProcessHit[] {
  const found: ProcessHit[] = [];
  for (const listener of run.sockets) {
    if (!listener.listens || !listener.running || !listener.closed) continue;
    const held = run.sockets.filter(
      (socket) => socket.info.listener === listener.info.id && socket.now.open && socket.now.pid === listener.now.pid,
    );
    if (held.length === 0) continue;
    found.push({
      pattern: 'exit-held',
      pid: listener.now.pid,
      listener,
      since: listener.closed,
      numbers: { held: held.length },
      others: held.map((socket) => socket.now.id),
    });
  }
  return found;
}

/** A process that runs on though all its sockets are closed. */
export function withoutSockets(run: RunFacts): ProcessHit[] {
  const found: ProcessHit[] = [];
  for (const pid of run.running) {
    const own = run.sockets.filter((socket) => socket.now.pid === pid);
    if (own.length === 0 || own.some((socket) => socket.now.open)) continue;
    // A process that merely started others (a test runner, a supervisor) waits for them.
    if (run.trace.processes.some((process) => process.ppid === pid && run.running.has(process.pid))) continue;
    const since = lastEventOf(run.trace, pid, run.step);
    if (since > 0) found.push({ pattern: 'no-sockets', pid, listener: null, since, numbers: { sockets: own.length }, others: [] });
  }
  return found;
}
