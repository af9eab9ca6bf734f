import type { StuckFinding } from '../contracts/stuck';
import type { TraceReader } from '../contracts/trace-model';
import { addressWords, countWords, durationWords, programWords } from './plain-words';
import type { Reference } from './references';
import { LOOK_WORDS, STUCK_WORDS, type StuckFacts, TAKEN_WORDS, withFacts } from './stuck';

/** A finding in words. Sentences are plain text with `code` between backticks. */
export interface StuckText {
  title: string;
  is: string;
  missing: string;
  peer: string;
  /** What the bytes look like, or what became of the datagram; '' when nothing is known. */
  look: string;
  ask: string;
  fix: string;
  card: string;
  reference: Reference;
}

/** Puts a finding into words. `atLeast`: the run goes on, so it has lasted at least as long as the finding says. */
export function stuckText(trace: TraceReader, finding: StuckFinding, atLeast = false): StuckText {
  const words = STUCK_WORDS[finding.pattern]!;
  const facts = factsOf(trace, finding, atLeast);
  const say = (text: string) => capital(withFacts(text, facts));
  const look =
    finding.pattern === 'udp-no-reply'
      ? TAKEN_WORDS[finding.numbers.taken ? 'taken' : 'lost']
      : finding.look
        ? say(LOOK_WORDS[finding.look] ?? '')
        : '';
  return {
    title: say(words.title),
    is: say(words.is),
    missing: say(words.missing),
    peer: finding.peer ? say(words.peer) : '',
    look,
    ask: say(words.ask),
    fix: say(words.fix),
    card: words.card,
    reference: words.reference,
  };
}

function factsOf(trace: TraceReader, finding: StuckFinding, atLeast: boolean): StuckFacts {
  const { numbers, peer } = finding;
  const program = (pid: number) => {
    const process = trace.processes.find((one) => one.pid === pid);
    return process ? programWords(process.program) : `process ${pid}`;
  };
  const socket = trace.sockets.find((one) => one.id === finding.socket);
  const lastSite = finding.pattern === 'udp-no-reply' ? trace.event(finding.since).remote : null;
  return {
    program: program(finding.pid),
    peerProgram: peer ? (peer.pid === finding.pid ? 'the same program' : program(peer.pid)) : '',
    socket: finding.socket ?? '',
    peerSocket: peer?.socket ?? '',
    state: finding.orState ? `${finding.state} or ${finding.orState}` : (finding.state ?? ''),
    peerState: peer?.state ?? '',
    lasted: `${atLeast ? 'at least ' : ''}${durationWords(finding.lasted)}`,
    address: addressWords(lastSite ?? socket?.remote ?? socket?.local ?? null),
    bytes: countWords(numbers.bytes ?? 0, 'byte'),
    waiting: countWords(numbers.waiting ?? 0, 'connection'),
    backlog: String(numbers.backlog ?? 0),
    connecting: `${countWords(numbers.connecting ?? 0, 'client')} in SYN_SENT`,
    held: finding.pattern === 'no-sockets' ? countWords(numbers.sockets ?? 0, 'socket') : countWords(numbers.held ?? 0, 'connection'),
    sends: countWords(numbers.sends ?? 0, 'datagram'),
  };
}

/** A sentence begins with a capital, but `close()`, `server.mjs` and `s3` are names. */
const capital = (text: string) => (/^[a-z]+[ ,]/.test(text) ? `${text[0]!.toUpperCase()}${text.slice(1)}` : text);
