/** "Why is it stuck?": what a run waits for, worked out from the model alone. */

import { STUCK_PATTERNS, type StuckFinding, type StuckPatternId } from '../../contracts/stuck';
import type { TraceReader } from '../../contracts/trace-model';
import { gatherFacts, type RunFacts, type SocketFacts } from './facts';
import { type Hit, SOCKET_PATTERNS } from './patterns';
import { acceptQueues, heldExits, type ProcessHit, withoutSockets } from './process-patterns';

export { type MessageLook, STUCK_PATTERNS, type StuckFinding, type StuckPatternId } from '../../contracts/stuck';

/** Shorter waits are how programs work; longer ones are what a person notices. ns. */
export const STUCK_AFTER = 1e9;
/** Exits so close to the end of the trace (ns) belong to the end itself: what they do to the sockets is no part of the question. */
const ENDING = 3e9;

/** What was found, and the step at which the run was asked. */
export interface StuckLook {
  step: number;
  findings: StuckFinding[];
}

/** Sockets, and events, between two chances to stop. */
const PIECE = 64;
const EVENTS = 4096;

export interface StuckOptions {
  /** Look at this step instead of the end of the run. */
  step?: number;
  /** ns since the trace began; of a live run now, else the time at which the programs were ended. */
  now?: number;
  /** Waits shorter than this (ns) are left out. Default STUCK_AFTER. */
  least?: number;
}

/** The step and time at which a run is asked why it does not go on: the last moment before its programs ended. */
function* findMoment(trace: TraceReader): Generator<void, { step: number; now: number }> {
  const { size } = trace;
  const end = size > 0 ? trace.time(size) : 0;
  let exit = 0;
  for (let seq = size; seq > 0; seq--) {
    if (seq % EVENTS === 0) {
      if (end - trace.time(seq) > ENDING) break;
      yield;
    }
    if (trace.kind(seq) === 'exit' && end - trace.time(seq) <= ENDING) exit = seq;
  }
  if (exit === 0) return { step: size, now: end };
  // What the kernel did to the sockets of a process that was ended may be told before its exit is: the last thing that a program did
  // itself counts, with the changes of state that came with it.
  let step = exit - 1;
  while (step > 0 && !isOwnDoing(trace, step)) step--;
  while (step + 1 < exit && trace.kind(step + 1) === 'state' && trace.time(step + 1) === trace.time(step)) step++;
  let next = step + 1;
  while (next < exit && trace.kind(next) !== 'state') next++;
  return { step, now: trace.time(next) };
}

/** Whether an event is something that a program did, or got from Node: not a reading, and not what its end did to its sockets. */
function isOwnDoing(trace: TraceReader, seq: number): boolean {
  const kind = trace.kind(seq);
  if (kind === 'kernel' || kind === 'state' || kind === 'exit') return false;
  return !(trace.call(seq) === 'close' && trace.event(seq).args?.cause === 'process ended');
}

/** Findings, causes before what follows from them, the longest first. Empty for a run that goes on, or had nothing left to do. */
export function findStuck(trace: TraceReader, options: StuckOptions = {}): StuckFinding[] {
  const look = lookForStuck(trace, options);
  for (;;) {
    const piece = look.next();
    if (piece.done) return piece.value.findings;
  }
}

/** The same in pieces of well under a millisecond, for who has other things to do: a run of thousands of sockets takes some 50 ms. */
export function* lookForStuck(trace: TraceReader, options: StuckOptions = {}): Generator<void, StuckLook> {
  const moment =
    options.step === undefined ? yield* findMoment(trace) : { step: options.step, now: options.step > 0 ? trace.time(options.step) : 0 };
  const now = options.now ?? moment.now;
  const run = yield* gatherFacts(trace, moment.step);
  const least = options.least ?? STUCK_AFTER;
  const findings: StuckFinding[] = [];
  const add = (finding: StuckFinding) => {
    if (finding.lasted >= least) findings.push(finding);
  };
  for (const pattern of [acceptQueues, heldExits, withoutSockets]) {
    for (const hit of pattern(run)) add(ofProcess(run, hit, now));
    yield;
  }
  for (const [i, socket] of run.sockets.entries()) {
    if (i % PIECE === 0) yield;
    for (const pattern of SOCKET_PATTERNS) {
      const hit = pattern.test(socket, run);
      if (hit === null) continue;
      add(ofSocket(run, socket, pattern.id, pattern.certain, hit, now));
      break;
    }
  }
  return { step: moment.step, findings: order(joined(findings)) };
}

function ofSocket(run: RunFacts, socket: SocketFacts, pattern: StuckPatternId, certain: boolean, hit: Hit, now: number): StuckFinding {
  const { trace } = run;
  const blamed = hit.at === undefined ? -1 : trace.siteId(hit.at);
  return {
    pattern,
    certain,
    pid: socket.now.pid,
    socket: socket.now.id,
    state: socket.now.state,
    orState: socket.now.orState,
    since: hit.since,
    lasted: Math.max(0, now - trace.time(hit.since)),
    peer: socket.peer
      ? { socket: socket.peer.now.id, pid: socket.peer.now.pid, state: socket.peer.now.state, running: socket.peer.running }
      : null,
    site: blamed >= 0 ? trace.site(blamed) : socket.made,
    siteIs: blamed >= 0 ? 'call' : 'made',
    numbers: hit.numbers ?? {},
    look: hit.look ?? null,
    others: [],
    follows: false,
  };
}

function ofProcess(run: RunFacts, hit: ProcessHit, now: number): StuckFinding {
  const { trace } = run;
  const closing = hit.pattern === 'exit-held' && hit.listener ? trace.siteId(hit.listener.closed) : -1;
  return {
    pattern: hit.pattern,
    certain: true,
    pid: hit.pid,
    socket: hit.listener?.now.id ?? null,
    state: hit.listener?.now.state ?? null,
    orState: null,
    since: hit.since,
    lasted: Math.max(0, now - trace.time(hit.since)),
    peer: null,
    site: closing >= 0 ? trace.site(closing) : (hit.listener?.made ?? null),
    siteIs: closing >= 0 ? 'call' : 'made',
    numbers: hit.numbers,
    look: null,
    others: hit.others,
    follows: false,
  };
}

/** What at the other end makes a socket wait. */
const COMES_FROM: Partial<Record<StuckPatternId, readonly StuckPatternId[]>> = {
  'half-open': ['close-wait', 'end-unread', 'never-reads', 'waits-for-drain', 'end-behind-writes'],
  'waits-for-drain': ['never-reads', 'end-unread'],
  'end-behind-writes': ['never-reads', 'end-unread'],
  'timeout-ignored': ['never-reads', 'end-unread'],
};

/** Sets findings of two ends of one connection in relation. */
function joined(findings: readonly StuckFinding[]): StuckFinding[] {
  const bySocket = new Map(findings.filter((one) => one.socket !== null).map((one) => [one.socket!, one]));
  const blocked = new Set(findings.filter((one) => one.pattern.startsWith('accept-queue')).flatMap((one) => one.others));
  return findings.map((finding) => {
    const other = finding.peer ? bySocket.get(finding.peer.socket) : undefined;
    if (finding.pattern === 'waits-for-drain' && other?.pattern === 'waits-for-drain') return { ...finding, pattern: 'both-write' };
    if (finding.socket && blocked.has(finding.socket)) return { ...finding, follows: true };
    return other && COMES_FROM[finding.pattern]?.includes(other.pattern) ? { ...finding, follows: true } : finding;
  });
}

function order(findings: readonly StuckFinding[]): StuckFinding[] {
  const weight = (one: StuckFinding) => (one.follows ? 2 : 0) + (one.certain ? 0 : 1);
  const rank = (one: StuckFinding) => STUCK_PATTERNS.indexOf(one.pattern);
  return [...findings].sort((a, b) => weight(a) - weight(b) || rank(a) - rank(b) || b.lasted - a.lasted);
}
