import { type FSWatcher, watch } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** Bytes per read: some 1,500 events, which take a few ms to decode, so that the extension host is never held up. */
const SLICE = 64 * 1024;
/** Some file systems do not report changes (network, containers); then a look every so often finds them. */
const LOOK_MS = 250;

/**
 * Reads a file from its start and goes on as it grows, in slices, one at a time: the next is read once `take` is done with the one before
 * (that is the back-pressure). Each slice is a buffer of its own.
 */
export class FileTail {
  private wake: (() => void) | null = null;
  private changed = false;
  private ended: boolean;
  private stopped = false;
  private watcher: FSWatcher | null = null;
  /** Settles when everything was taken after `end`, or when `stop` was called; rejects when the file cannot be read or `take` fails. */
  readonly done: Promise<void>;

  /** @param live whether more may come; then `end()` says when the last byte is written. */
  constructor(
    private readonly path: string,
    live: boolean,
    private readonly take: (bytes: Uint8Array) => Promise<void> | void,
  ) {
    this.ended = !live;
    this.done = this.run();
    // Nobody may be waiting yet; whoever awaits `done` still gets the error.
    this.done.catch(() => {});
  }

  /** The file is complete: what is in it is still read. */
  end(): void {
    this.ended = true;
    this.notify();
  }

  /** Nothing more is taken, from now on. */
  stop(): void {
    this.stopped = true;
    this.notify();
  }

  private notify(): void {
    this.changed = true;
    this.wake?.();
  }

  private async run(): Promise<void> {
    const file = await this.openWhenThere();
    if (!file) return;
    try {
      if (!this.ended) this.follow();
      for (let offset = 0; !this.stopped; ) {
        const complete = this.ended;
        this.changed = false;
        const { bytesRead, buffer } = await file.read(new Uint8Array(SLICE), 0, SLICE, offset);
        if (this.stopped) return;
        if (bytesRead > 0) {
          offset += bytesRead;
          await this.take(buffer.subarray(0, bytesRead));
          await new Promise((next) => setImmediate(next));
        } else if (complete) return;
        else await this.sleep();
      }
    } finally {
      this.watcher?.close();
      await file.close();
    }
  }

  /** A collector that has just been started may not have made its file yet. */
  private async openWhenThere(): Promise<FileHandle | null> {
    for (;;) {
      if (this.stopped) return null;
      try {
        return await open(this.path, 'r');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || this.ended) throw error;
      }
      await this.sleep(20);
    }
  }

  private follow(): void {
    try {
      this.watcher = watch(this.path, () => this.notify());
      this.watcher.on('error', () => this.watcher?.close());
    } catch {
      // No watching here; the timer of sleep() does.
    }
  }

  private sleep(ms = LOOK_MS): Promise<void> {
    if (this.changed) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.wake?.(), ms);
      this.wake = () => {
        clearTimeout(timer);
        this.wake = null;
        resolve();
      };
    });
  }
}
