/** What "Why is it stuck?" finds: worked out by trace/stuck, put into words by knowledge/stuck-text. */
import type { Site, SocketStateName } from './trace';

/** Ways to be stuck. What is said of each is in knowledge/stuck.ts. */
export const STUCK_PATTERNS = [
  'accept-queue-full',
  'accept-queue',
  'connecting',
  'both-write',
  'close-wait',
  'end-unread',
  'never-reads',
  'exit-held',
  'timeout-ignored',
  'end-behind-writes',
  'waits-for-drain',
  'half-open',
  'waits-for-more',
  'udp-no-reply',
  'no-sockets',
] as const;
export type StuckPatternId = (typeof STUCK_PATTERNS)[number];

/** What the last bytes that came look like, as far as they were captured whole: a message that is complete, or one that is not. */
export type MessageLook = 'line' | 'no-newline' | 'length' | 'http' | 'unknown';

/** One reason why a program does not go on, with what it was worked out from. */
export interface StuckFinding {
  pattern: StuckPatternId;
  /** False: what is said is true, but it may be meant so. */
  certain: boolean;
  pid: number;
  /** Null when it is the process as a whole. */
  socket: string | null;
  state: SocketStateName | null;
  orState: SocketStateName | null;
  /** The step since which it is so. */
  since: number;
  /** How long it has been so, in ns; of a live run at least so long. */
  lasted: number;
  /** The other end, when it is in the trace, and what that is doing. */
  peer: { socket: string; pid: number; state: SocketStateName; running: boolean } | null;
  /** The line of the program that it is about (where the socket was made, accepted, written to); null when not known. */
  site: Site | null;
  /** Whether `site` made the socket, or led to the stuck call itself. */
  siteIs: 'made' | 'call';
  /** Bytes and counts by name: `bytes`, `waiting`, `backlog`, `held`. */
  numbers: Readonly<Record<string, number>>;
  look: MessageLook | null;
  /** Sockets that it concerns besides `socket`. */
  others: readonly string[];
  /** It comes from the other end's being stuck: look there first. */
  follows: boolean;
}
