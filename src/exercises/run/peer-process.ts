/** Processes of the hidden peer: one plays one script at a time, and is used again for the next. */
import { type ChildProcess, fork } from 'node:child_process';
import type { FromPeer, ToPeer } from '../peer/messages';

export class PeerProcess {
  /** Who is told what it says; null: nobody uses it. */
  onMessage: ((message: FromPeer) => void) | null = null;
  /** Told when it has ended, for whatever reason. */
  onEnd: (() => void) | null = null;
  private alive = true;
  private readonly child: ChildProcess;

  constructor(program: string) {
    this.child = fork(program, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [] });
    this.child.on('message', (message: FromPeer) => this.onMessage?.(message));
    const gone = () => {
      this.alive = false;
      this.onEnd?.();
    };
    this.child.once('error', gone);
    this.child.once('exit', gone);
  }

  get usable(): boolean {
    return this.alive && this.child.connected;
  }

  /** undefined when it could not be started. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  tell(message: ToPeer): void {
    if (this.usable) this.child.send(message, () => {});
  }

  end(): void {
    this.child.kill('SIGKILL');
  }
}

/** The peers of a process that runs checks. */
export class PeerProcesses {
  private readonly idle: PeerProcess[] = [];

  /** `program`: dist/exercise-peer.js. */
  constructor(private readonly program: string) {}

  /** Starts so many ahead of their use, unless they are there. */
  prepare(count: number): void {
    while (this.idle.length < count) this.idle.push(new PeerProcess(this.program));
  }

  take(): PeerProcess {
    for (let peer = this.idle.shift(); peer !== undefined; peer = this.idle.shift()) if (peer.usable) return peer;
    return new PeerProcess(this.program);
  }

  /** Gives one back. `played`: its script has come to its end, so it can play another; else nobody knows what it still does. */
  give(peer: PeerProcess, played: boolean): void {
    peer.onMessage = null;
    peer.onEnd = null;
    if (played && peer.usable) {
      peer.tell({ type: 'leave' });
      this.idle.push(peer);
    } else peer.end();
  }

  end(): void {
    for (const peer of this.idle.splice(0)) peer.end();
  }
}
