/** In the 32-bit columns: no value, and "too big or not whole, see the side table". */
const NONE = -2147483648;
const WIDE = -2147483647;

/**
 * The events as columns, 48 bytes each. Index `seq` is event `seq`; slot 0 is unused. References (args, site, ends,
 * payload) are ids + 1 so that 0 is none; process and socket are indexes, -1 for none.
 */
export class EventColumns {
  length = 1;
  time = new Float64Array(1024);
  shape = new Uint32Array(1024);
  process = new Int32Array(1024);
  socket = new Int32Array(1024);
  fd = new Int32Array(1024);
  result = new Int32Array(1024);
  bytes = new Int32Array(1024);
  site = new Uint32Array(1024);
  args = new Uint32Array(1024);
  ends = new Uint32Array(1024);
  payload = new Uint32Array(1024);
  private readonly wide = new Map<string, number>();

  /** Appends an event and returns its seq. `fd`, `result` and `bytes` may be null. */
  push(
    time: number,
    shape: number,
    process: number,
    socket: number,
    fd: number | null,
    result: number | null,
    bytes: number | null,
    site: number,
    args: number,
    ends: number,
    payload: number,
  ): number {
    const seq = this.length;
    if (seq === this.time.length) this.resize(Math.ceil(seq * 1.5));
    this.length = seq + 1;
    this.time[seq] = time;
    this.shape[seq] = shape;
    this.process[seq] = process;
    this.socket[seq] = socket;
    this.fd[seq] = fd === null ? NONE : this.narrow('f', seq, fd);
    this.result[seq] = result === null ? NONE : this.narrow('r', seq, result);
    this.bytes[seq] = bytes === null ? NONE : this.narrow('b', seq, bytes);
    this.site[seq] = site;
    this.args[seq] = args;
    this.ends[seq] = ends;
    this.payload[seq] = payload;
    return seq;
  }

  fdAt(seq: number): number | null {
    return this.read('f', this.fd, seq);
  }

  resultAt(seq: number): number | null {
    return this.read('r', this.result, seq);
  }

  bytesAt(seq: number): number | null {
    return this.read('b', this.bytes, seq);
  }

  private read(column: string, values: Int32Array, seq: number): number | null {
    const value = values[seq]!;
    if (value > WIDE) return value;
    return value === NONE ? null : (this.wide.get(column + seq) ?? null);
  }

  private narrow(column: string, seq: number, value: number): number {
    if ((value | 0) === value && value > WIDE) return value;
    this.wide.set(column + seq, value);
    return WIDE;
  }

  /** Makes room for events up to `capacity` - 1. It grows by half each time: copying costs little and at most a third is spare. */
  resize(capacity: number): void {
    const { length } = this;
    const moved = <T extends Float64Array | Uint32Array | Int32Array>(from: T, to: T): T => {
      to.set(from.length > length ? (from.subarray(0, length) as T) : from);
      return to;
    };
    this.time = moved(this.time, new Float64Array(capacity));
    this.shape = moved(this.shape, new Uint32Array(capacity));
    this.process = moved(this.process, new Int32Array(capacity));
    this.socket = moved(this.socket, new Int32Array(capacity));
    this.fd = moved(this.fd, new Int32Array(capacity));
    this.result = moved(this.result, new Int32Array(capacity));
    this.bytes = moved(this.bytes, new Int32Array(capacity));
    this.site = moved(this.site, new Uint32Array(capacity));
    this.args = moved(this.args, new Uint32Array(capacity));
    this.ends = moved(this.ends, new Uint32Array(capacity));
    this.payload = moved(this.payload, new Uint32Array(capacity));
  }
}
