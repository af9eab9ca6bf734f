/** One `ss` of each kind for several runs at a time, and for one after the other: the kernel tells it of the sockets of all of them. */
import { ListenerAsker } from './listener-asker';
import { type Destroyed, type DestroyedSource, SsEvents } from './ss-events';
import type { Listening } from './ss-listeners';

interface Listener {
  onDestroyed: (destroyed: Destroyed) => void;
  onProblem: (sentence: string) => void;
}

export class SharedSs {
  private readonly listeners = new Set<Listener>();
  private events: SsEvents | null = null;
  private readonly asker = new ListenerAsker();

  /** `clock` is the probe's (ns). */
  constructor(private readonly clock: () => number) {}

  /** What one run hears of it, from `start` to `stop`. Where `ss` does not run it is tried again for each run, and each run is told. */
  source(onDestroyed: Listener['onDestroyed'], onProblem: Listener['onProblem']): DestroyedSource {
    const listener = { onDestroyed, onProblem };
    const { listeners } = this;
    const running = () => listeners.has(listener) && this.events?.running === true;
    return {
      get running() {
        return running();
      },
      start: () => {
        listeners.add(listener);
        if (this.events?.running !== true) this.listen();
      },
      stop: () => void listeners.delete(listener),
    };
  }

  /** Asks once for all listeners of the machine; nothing where there is no `ss`. */
  askListeners(told: (listeners: Listening[]) => void): void {
    this.asker.ask(told);
  }

  /** Ends both. */
  close(): void {
    this.asker.close();
    this.listeners.clear();
    this.events?.stop();
    this.events = null;
  }

  private listen(): void {
    this.events = new SsEvents(
      this.clock,
      (destroyed) => {
        for (const { onDestroyed } of this.listeners) onDestroyed(destroyed);
      },
      (sentence) => {
        for (const { onProblem } of this.listeners) onProblem(sentence);
      },
    );
    this.events.start();
  }
}
