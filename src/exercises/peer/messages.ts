/** What the peer's process and the one that runs the check say to each other. */
import type { PeerEntry } from '../../contracts/exercise-checks';
import type { ProgramStep } from '../../runner/progress-scout';

/** How a program is started. */
export interface StartOrder {
  args: string[];
  env: { [name: string]: string };
  file: string | null;
}

export type ToPeer =
  | { type: 'go'; checks: string; scenario: string; seed: number; limit: number }
  | { type: 'step'; step: ProgramStep }
  | { type: 'output'; text: string }
  | { type: 'started'; id: number; pid: number; cwd: string; problem: string | null }
  | { type: 'exited'; code: number | null; signal: string | null }
  | { type: 'over' };

export type FromPeer =
  | { type: 'ready' }
  | { type: 'start'; id: number; order: StartOrder }
  | { type: 'signal'; name: string }
  | { type: 'type'; text: string }
  | { type: 'done'; log: PeerLog };

/** A connection of the peer, so that its other end can be found in a trace. */
export interface PeerEnd {
  id: string;
  localPort: number;
  remotePort: number;
  /** For a Unix-domain socket: its path, and the how-manieth connection to it this is (from 0). */
  path: string;
  index: number;
  /** The first bytes it received. */
  received: Uint8Array;
}

export interface PeerLog {
  entries: PeerEntry[];
  stopped: string | null;
  ends: PeerEnd[];
  kept: { [name: string]: unknown };
}
