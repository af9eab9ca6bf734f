/** The shape of what is known of a Node call. */
import type { Reference } from './references';

/** A system as the tables tell them apart. */
export type System = 'linux' | 'macos' | 'windows';

/** What a hover says of a Node call. Markdown inline text; calls as `a → b`. */
export interface ApiEntry {
  /** As the learner writes it: `server.listen()`. */
  title: string;
  /** One or two sentences. */
  what: string;
  /** Functions of libuv; null when the call stays in JavaScript. */
  libuv: string | null;
  calls: Readonly<Record<System, string>>;
  /** States before and after. */
  states: string;
  /** errno names, most likely first; looked up in ERRNO_CARDS. */
  errors: readonly string[];
  /** A call of a UDP socket: its errors mean something else. */
  udp?: true;
  /** Id of the full card. */
  card: string;
  /** Man page, RFC or Node's own page for what is said here. */
  references: readonly Reference[];
}
