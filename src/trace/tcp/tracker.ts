import { type Address, type Provenance, type SocketStateName, TCP_STATES, type TraceEvent } from '../../contracts/trace';
import { addressKey, covers } from '../addresses';
import { Act } from '../shapes';
import type { TraceStore } from '../store';
import type { KernelAnswers, KernelEnding } from './answers';
import { type Block, Changes, newBlock } from './block';
import type { StateChange } from './changes';
import { closeTcp, deliverFin, finFits, inKernel, loseByReset, seeEnd, sendFin, settleFin, writeToClosed } from './close';

/** Errors of a read or write after which a TCP connection is gone. */
const GONE = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ECONNABORTED']);

/**
 * Works out the states of the sockets from the calls of both ends (RFC 9293 section 3.3.2). What a program's own call
 * brings is `observed`; what follows for the other end, or from its answers, is `derived`. States of UDP and Unix-domain
 * sockets: UNBOUND, BOUND, CONNECTED, LISTEN, CLOSED.
 */
export class StateTracker {
  private readonly blocks: (Block | undefined)[] = [];
  private readonly openByPid = new Map<number, Set<Block>>();
  /** Clients whose other end is not known (yet). */
  private readonly single = new Set<Block>();
  private readonly listeners = new Set<Block>();

  /** `answers`: what the kernel said of the moments after an event, where it is asked. */
  constructor(private readonly answers: KernelAnswers | null = null) {}

  /** The state that a socket is in now. */
  stateOf(index: number, store: TraceStore): Pick<Block, 'state' | 'orState' | 'closed' | 'finReceived'> {
    return this.block(index, store);
  }

  /** Takes the next event that is no state event, after it was appended to `store`; returns the changes it brings, in order. */
  apply(event: TraceEvent, store: TraceStore): StateChange[] {
    const changes = new Changes();
    const act = store.act(event.seq);
    if (act === Act.exit) this.exit(changes, event, store);
    if (act === Act.none && event.call !== 'setsockopt') return changes.list;
    const index = store.socketIndex(event.seq);
    if (index < 0 || act === Act.state) return changes.list;
    const block = this.block(index, store);
    if (act === Act.buffer) {
      if (event.buffer === 'libuv-write') block.queued = event.bytes ?? 0;
    } else if (act === Act.accept) this.accept(changes, event, store, block);
    else if (act === Act.reading) this.kernel(changes, event, store, block);
    else if (block.tcp) {
      this.tcp(changes, event, store, block, act);
      this.meet(changes, block, store);
    } else plainState(changes, event, store, block, act);
    if (act === Act.close && event.error === null) this.forget(block);
    return changes.list;
  }

  private tcp(changes: Changes, event: TraceEvent, store: TraceStore, block: Block, act: Act): void {
    const { error } = event;
    const peer = this.peer(block, store);
    const end = act === Act.endOfFile || (act === Act.receive && event.result === 0);
    if (act === Act.shutdown || act === Act.close || (end && peer === null)) this.ask(block, peer, store, event.t);
    switch (act) {
      case Act.listen:
        if (error !== null) break;
        changes.move(block, 'LISTEN', 'observed');
        this.listeners.add(block);
        break;
      case Act.connect:
        if (error === null || error === 'EINPROGRESS') {
          changes.move(block, 'SYN_SENT', 'observed');
          block.active = true;
          this.single.add(block);
          if (error === null) changes.move(block, 'ESTABLISHED', 'observed');
        } else if (block.state === 'SYN_SENT') changes.move(block, 'CLOSED', 'observed');
        break;
      case Act.getsockopt:
        if (event.args?.option === 'SO_TYPE') this.received(changes, block, store);
        if (event.args?.option !== 'SO_ERROR' || block.state !== 'SYN_SENT') break;
        // A reset that answers a SYN is reported as ECONNREFUSED; ECONNRESET came after the handshake (Linux tcp_reset).
        if (event.args.value === 'ECONNRESET') changes.move(block, 'ESTABLISHED', 'derived');
        changes.move(block, event.args.value === 0 && error === null ? 'ESTABLISHED' : 'CLOSED', 'observed');
        break;
      case Act.send:
        if (error !== null) this.failed(changes, block, peer, event, store);
        else if (event.bytes) {
          block.sent += event.bytes;
          if (peer?.closed) writeToClosed(changes, block, peer);
        }
        break;
      case Act.receive:
        if (error !== null) this.failed(changes, block, peer, event, store);
        else if (event.bytes) {
          block.received += event.bytes;
          if (peer?.finSent && !block.finReceived && finFits(peer, block)) deliverFin(changes, peer, block, 'derived');
        } else if (event.bytes === 0 || event.result === 0) seeEnd(changes, block, peer);
        break;
      case Act.endOfFile:
        seeEnd(changes, block, peer);
        break;
      case Act.shutdown:
        if (error === null && event.args?.how !== 'SHUT_RD') sendFin(changes, block, peer, 'observed', event.t);
        break;
      case Act.close:
        if (error !== null) break;
        if (heldElsewhere(block)) {
          letGo(changes, block, 'observed');
          break;
        }
        if (event.args?.linger === true) block.linger = true;
        if (block.state === 'LISTEN') this.dropWaiting(changes, block, store, event.t);
        closeTcp(changes, block, peer, typeof event.args?.cause === 'string' ? 'derived' : 'observed', event.t);
        break;
      case Act.leftOut:
        // What was not recorded moved its bytes all the same: whether data is unread decides between FIN and RST.
        block.sent += countOf(event, 'bytesWritten');
        block.received += countOf(event, 'bytesRead');
        if (peer?.finSent && !block.finReceived && finFits(peer, block)) deliverFin(changes, peer, block, 'derived');
        break;
      default:
        if (event.call === 'setsockopt' && error === null) setLinger(block, event);
    }
  }

  private failed(changes: Changes, block: Block, peer: Block | null, event: TraceEvent, store: TraceStore): void {
    // After its own shutdown a write fails with EPIPE and nothing has happened to the connection.
    if (event.error === null || !GONE.has(event.error) || (event.error === 'EPIPE' && block.finSent)) return;
    this.ask(block, peer, store, event.t);
    settleFin(changes, block);
    loseByReset(changes, block, 'observed');
  }

  private accept(changes: Changes, event: TraceEvent, store: TraceStore, listener: Block): void {
    const id = event.args?.accepted;
    const index = typeof id === 'string' ? store.socketIndexOf(id) : -1;
    if (index < 0 || event.error !== null) return;
    const block = this.block(index, store);
    changes.move(block, listener.tcp ? 'ESTABLISHED' : 'CONNECTED', 'observed');
    if (block.tcp) this.meet(changes, block, store);
  }

  /** Two ends that now know of each other: what one did before reaches the other. */
  private meet(changes: Changes, block: Block, store: TraceStore): void {
    if (block.met) return;
    const peer = this.peer(block, store);
    if (peer === null || block.state === 'SYN_SENT' || peer.state === 'SYN_SENT') return;
    block.met = true;
    peer.met = true;
    this.single.delete(block);
    this.single.delete(peer);
    for (const [from, to] of [
      [block, peer],
      [peer, block],
    ] as const) {
      if (from.reset) loseByReset(changes, to, 'derived');
      else if (from.finSent && !to.finReceived && finFits(from, to)) deliverFin(changes, from, to, 'derived');
      if (from.closed && inKernel(to, from) > 0) writeToClosed(changes, to, from);
    }
  }

  /** A listener closes: the kernel resets the connections that nobody accepted (Linux inet_csk_listen_stop). */
  private dropWaiting(changes: Changes, listener: Block, store: TraceStore, t: number): void {
    const { local } = store.sockets[listener.index]!;
    if (local === null) return;
    for (const client of this.single) {
      const { remote } = store.sockets[client.index]!;
      if (client.state === 'SYN_SENT' || remote === null || !covers(local, remote)) continue;
      if (this.otherListener(listener, remote, store)) continue;
      this.single.delete(client);
      this.ask(client, null, store, t);
      // It was accepted under a name that was never asked for.
      if (client.ending?.timeWait === true) continue;
      settleFin(changes, client);
      loseByReset(changes, client, 'derived');
    }
  }

  private otherListener(listener: Block, remote: Parameters<typeof covers>[1], store: TraceStore): boolean {
    for (const block of this.listeners) {
      const { local } = store.sockets[block.index]!;
      if (block !== listener && block.state === 'LISTEN' && local !== null && covers(local, remote)) return true;
    }
    return false;
  }

  /** The kernel closes what an ended process left open. */
  private exit(changes: Changes, event: TraceEvent, store: TraceStore): void {
    for (const block of this.openByPid.get(event.pid) ?? []) {
      if (!block.tcp) changes.move(block, 'CLOSED', 'derived');
      else if (heldElsewhere(block)) letGo(changes, block, 'derived');
      else {
        if (block.state === 'LISTEN') this.dropWaiting(changes, block, store, event.t);
        const peer = this.peer(block, store);
        this.ask(block, peer, store, event.t);
        closeTcp(changes, block, peer, 'derived', event.t);
      }
      this.single.delete(block);
      this.listeners.delete(block);
    }
    this.openByPid.delete(event.pid);
  }

  /** What was read from the kernel settles what was not certain, and is right where it contradicts. */
  private kernel(changes: Changes, event: TraceEvent, store: TraceStore, block: Block): void {
    if (!block.tcp) return;
    const peer = this.peer(block, store);
    if (event.args?.source === 'ss -E' && !block.closed && block.state !== 'LISTEN') {
      // Destroyed, and no call closed it: the kernel did (its process or thread ended), or somebody else.
      this.ask(block, peer, store, 0);
      closeTcp(changes, block, peer, 'kernel', event.t);
    }
    const state = event.args?.state;
    if (typeof state !== 'string' || !(TCP_STATES as readonly string[]).includes(state)) return;
    if (state === 'CLOSED') {
      this.ask(block, peer, store, 0);
      settleFin(changes, block);
    }
    changes.move(block, state as SocketStateName, 'kernel');
    if (state === 'CLOSE_WAIT' || state === 'CLOSING' || state === 'LAST_ACK' || state === 'TIME_WAIT') block.finReceived = true;
    if (state === 'FIN_WAIT_1' || state === 'FIN_WAIT_2' || state === 'CLOSING' || state === 'LAST_ACK' || state === 'TIME_WAIT')
      block.finSent = true;
    if (state === 'CLOSED') this.single.delete(block);
  }

  /** Asks how this connection went on, in the kernel, after this moment. */
  private ask(block: Block, peer: Block | null, store: TraceStore, t: number): void {
    const { local, remote } = store.sockets[block.index]!;
    const { answers } = this;
    if (answers === null || remote === null) return;
    if (local === null) {
      if (block.state !== 'CLOSED') block.ending = answers.endingTo(remote, t) ?? block.ending;
      return;
    }
    // One that does not say yet who waits may say it the next time.
    const ask = (known: KernelEnding | null, from: Address, to: Address, active: boolean) =>
      known !== null && known.timeWait !== null ? known : (answers.ending(from, to, active, t) ?? known);
    block.ending = ask(block.ending, local, remote, block.active);
    if (peer !== null) {
      const names = store.sockets[peer.index]!;
      if (names.local !== null && names.remote !== null) peer.ending = ask(peer.ending, names.local, names.remote, peer.active);
    } else block.otherEnding = ask(block.otherEnding, remote, local, !block.active);
  }

  private block(index: number, store: TraceStore): Block {
    let block = this.blocks[index];
    if (block === undefined) {
      const { id, pid, protocol } = store.sockets[index]!;
      block = newBlock(index, id, pid, protocol);
      this.blocks[index] = block;
      const open = this.openByPid.get(pid);
      if (open === undefined) this.openByPid.set(pid, new Set([block]));
      else open.add(block);
    }
    return block;
  }

  private peer(block: Block, store: TraceStore): Block | null {
    for (const { index } of block.copies ?? [block]) {
      const { peer } = store.book.facts[index]!;
      if (peer < 0) continue;
      const found = this.block(peer, store);
      return found.copies?.findLast(({ closed }) => !closed) ?? found.copies?.at(-1) ?? found;
    }
    return null;
  }

  /** A descriptor came from another process: the connection goes on here as it is there. */
  private received(changes: Changes, block: Block, store: TraceStore): void {
    const { local, remote } = store.sockets[block.index]!;
    if (local === null || block.state !== 'CLOSED' || block.closed) return;
    for (const [pid, open] of this.openByPid) {
      if (pid === block.pid) continue;
      for (const other of open) {
        const names = store.sockets[other.index]!;
        if (!other.tcp || other.closed || !sameName(names.local, local) || !sameName(names.remote, remote)) continue;
        other.copies ??= [other];
        other.copies.push(block);
        const { met, finSent, finTime, finReceived, sawEnd, linger, sent, received, copies } = other;
        Object.assign(block, { met, finSent, finTime, finReceived, sawEnd, linger, sent, received, copies });
        changes.move(block, other.state, 'derived', other.orState);
        if (other.state === 'LISTEN') this.listeners.add(block);
        return;
      }
    }
  }

  private forget(block: Block): void {
    this.openByPid.get(block.pid)?.delete(block);
    this.listeners.delete(block);
    if (block.state === 'CLOSED') this.single.delete(block);
  }
}

/** Another process has it open, too: closing a descriptor of it sends nothing (close(2): only the last one ends the connection). */
const heldElsewhere = (block: Block): boolean => block.copies?.some((copy) => copy !== block && !copy.closed) === true;

function letGo(changes: Changes, block: Block, provenance: Provenance): void {
  block.closed = true;
  changes.move(block, 'CLOSED', provenance);
}

function sameName(a: Address | null, b: Address | null): boolean {
  if (a === null || b === null) return a === b;
  return !('path' in a) && !('path' in b) && addressKey(a) === addressKey(b);
}

const countOf = (event: TraceEvent, name: string): number => (typeof event.args?.[name] === 'number' ? event.args[name] : 0);

function setLinger(block: Block, event: TraceEvent): void {
  const value = event.args?.option === 'SO_LINGER' ? event.args.value : null;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) block.linger = value.onoff === 1 && value.linger === 0;
}

/** UDP and Unix-domain sockets, which have no state machine of their own: what their calls made of them. */
function plainState(changes: Changes, event: TraceEvent, store: TraceStore, block: Block, act: Act): void {
  if (event.error !== null) return;
  switch (act) {
    case Act.bind:
      changes.move(block, 'BOUND', 'observed');
      break;
    case Act.listen:
      changes.move(block, 'LISTEN', 'observed');
      break;
    case Act.connect:
      changes.move(block, event.args?.domain === 'AF_UNSPEC' ? 'BOUND' : 'CONNECTED', 'observed');
      break;
    case Act.send:
      // The kernel binds an unbound datagram socket at its first datagram (ip(7), "ephemeral port").
      if (block.state === 'UNBOUND' && store.sockets[block.index]!.protocol !== 'unix') changes.move(block, 'BOUND', 'derived');
      break;
    case Act.close:
      changes.move(block, 'CLOSED', 'observed');
      break;
    default:
      break;
  }
}
