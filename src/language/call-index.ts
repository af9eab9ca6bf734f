/** The calls of a document by object and by line: whoever looks at all calls for each call waits for the square of them. */
import type { SocketCall } from './analysis';

const NONE: readonly SocketCall[] = [];

export class CallIndex {
  private readonly byOrigin = new Map<number, SocketCall[]>();
  private readonly byLine = new Map<number, SocketCall[]>();

  /** `calls`: in source order, which every answer keeps. */
  constructor(readonly calls: readonly SocketCall[]) {
    for (const call of calls) {
      if (call.origin !== null) add(this.byOrigin, call.origin, call);
      add(this.byLine, call.site.line, call);
    }
  }

  /** Those on the object that the expression at this offset made, and that expression itself. */
  ofObject(origin: number): readonly SocketCall[] {
    return this.byOrigin.get(origin) ?? NONE;
  }

  /** Those on the lines from `first` to `last`, 0-based. */
  onLines(first: number, last: number): readonly SocketCall[] {
    if (first === last) return this.byLine.get(first) ?? NONE;
    if (last - first > this.byLine.size) return this.calls.filter(({ site }) => site.line >= first && site.line <= last);
    const found: SocketCall[] = [];
    for (let line = first; line <= last; line++) found.push(...(this.byLine.get(line) ?? NONE));
    return found;
  }
}

function add(to: Map<number, SocketCall[]>, key: number, call: SocketCall): void {
  const there = to.get(key);
  if (there) there.push(call);
  else to.set(key, [call]);
}
