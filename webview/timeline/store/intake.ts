/** Where bytes go and how time is measured. */
export interface IntakeDeps {
  /** Takes bytes in; false ends the intake. */
  take(bytes: Uint8Array): boolean;
  /** Tells how many bytes are taken in, in total. */
  ack(total: number): void;
  soon(work: () => void): void;
  now(): number;
}

/** First piece: small, so that the first picture comes at once. Then as much as fits into a slice of time. */
const FIRST = 128 * 1024;
const MOST = 4 * 1024 * 1024;
/** Milliseconds of work between two chances to paint. */
const SLICE = 24;

/** Takes in bytes in pieces that leave the page responsive: a million events arrive in one message. */
export class Intake {
  #queue: Uint8Array[] = [];
  #waiting = 0;
  #done = 0;
  #piece = FIRST;
  #running = false;
  #stopped = false;
  #held = false;

  constructor(readonly deps: IntakeDeps) {}

  get progress(): number {
    return this.#waiting === 0 ? 1 : this.#done / (this.#done + this.#waiting);
  }

  add(bytes: Uint8Array): void {
    if (this.#stopped || bytes.length === 0) return;
    this.#queue.push(bytes);
    this.#waiting += bytes.length;
    if (!this.#running) this.#run();
  }

  stop(): void {
    this.#stopped = true;
    this.#queue = [];
    this.#waiting = 0;
  }

  /** Takes nothing in until it is let go: bytes wait, and are not acknowledged. */
  hold(held: boolean): void {
    this.#held = held;
    if (!held && !this.#running) this.#run();
  }

  #run(): void {
    this.#running = false;
    const head = this.#queue[0];
    if (this.#stopped || this.#held || !head) return;
    const piece = head.subarray(0, this.#piece);
    if (piece.length === head.length) this.#queue.shift();
    else this.#queue[0] = head.subarray(piece.length);
    this.#waiting -= piece.length;
    this.#done += piece.length;
    const before = this.deps.now();
    if (!this.deps.take(piece)) {
      this.stop();
      return;
    }
    const spent = this.deps.now() - before;
    if (piece.length === this.#piece) this.#piece = Math.min(MOST, Math.max(FIRST, Math.floor((this.#piece * SLICE) / Math.max(1, spent))));
    this.deps.ack(this.#done);
    if (this.#queue.length) {
      this.#running = true;
      this.deps.soon(() => this.#run());
    }
  }
}
