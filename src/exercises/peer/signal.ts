import type { FairClock } from '../fair-clock';

/** Waiting for something to become true, asked again whenever anything has changed. */
export class Changes {
  private readonly waiting = new Set<() => void>();

  constructor(private readonly clock: FairClock) {}

  /** Something has changed: everybody who waits looks again. */
  changed(): void {
    for (const look of [...this.waiting]) look();
  }

  /** Resolves with true as soon as `test` holds, with false after `within` ms of the fair clock. */
  until(test: () => boolean, within: number): Promise<boolean> {
    if (test()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const end = (held: boolean) => {
        callOff();
        this.waiting.delete(look);
        resolve(held);
      };
      const look = () => {
        if (test()) end(true);
      };
      const callOff = this.clock.after(within, () => end(test()));
      this.waiting.add(look);
    });
  }
}
