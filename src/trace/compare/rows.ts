import type { CompareRow, Difference } from '../../contracts/compare';

/** Collects the rows and differences of one socket or process. */
export class RowBook {
  readonly rows: CompareRow[] = [];

  constructor(private readonly differences: Difference[]) {}

  same(a: number, b: number): void {
    this.rows.push({ a: [a], b: [b], difference: -1 });
  }

  differs(difference: Partial<Difference> & Pick<Difference, 'kind' | 'process' | 'socket'>): void {
    const whole: Difference = {
      direction: null,
      a: [],
      b: [],
      sizesA: [],
      sizesB: [],
      injectedA: false,
      injectedB: false,
      firstA: null,
      firstB: null,
      at: 0,
      ...difference,
    };
    const index = this.differences.push(whole) - 1;
    this.rows.push({ a: whole.a, b: whole.b, difference: index });
  }

  /** In the order of the first run; what only the second has stands behind what came before it there. */
  sorted(): CompareRow[] {
    const both = this.rows.filter(({ a }) => a.length > 0).sort((x, y) => x.a[0]! - y.a[0]!);
    const alone = this.rows.filter(({ a }) => a.length === 0).sort((x, y) => (x.b[0] ?? 0) - (y.b[0] ?? 0));
    if (alone.length === 0) return both;
    const found: CompareRow[] = [];
    let next = 0;
    // The greatest step of the second run so far: the tracks of a socket may have changed their order.
    let reached = 0;
    const upTo = (seq: number) => {
      while (next < alone.length && (alone[next]!.b[0] ?? 0) < seq) found.push(alone[next++]!);
    };
    for (const row of both) {
      if (row.b.length > 0 && row.b[0]! > reached) {
        reached = row.b[0]!;
        upTo(reached);
      }
      found.push(row);
    }
    upTo(Number.POSITIVE_INFINITY);
    return found;
  }
}

/** Where steps of the second run stand in the first one: behind the last step before them that both have. */
export function placesOf(rows: readonly (readonly CompareRow[])[], sizeB: number): Float64Array {
  const places = new Float64Array(sizeB + 1);
  for (const list of rows) for (const { a, b } of list) if (a.length > 0 && b.length > 0) places[b[0]!] = a[0]!;
  for (let seq = 1; seq <= sizeB; seq++) if (places[seq]! < places[seq - 1]!) places[seq] = places[seq - 1]!;
  return places;
}
