/**
 * The socket calls of a program that is being edited. What was found in a unit is kept until its text changes, or an answer that it got from
 * the rest of the program: a key costs what it changes, not what the file is long.
 */
import type { Node, Parser, Tree } from '@vscode/tree-sitter-wasm';
import type { Found, Place, SocketCall } from '../analysis';
import type { Finder } from '../tree-document';
import { Asked, Changes } from './asked';
import { aliasesIn, findCalls, Placing, type UnitCall } from './calls';
import { Inference } from './infer';
import { JavaScriptInsight } from './insight';
import { Names } from './program-names';
import { mayHoldMore, type Piece, piecesOf } from './split';
import { Unit } from './unit';
import { wordAt } from './words';

/** What was found in a unit. */
interface Result {
  calls: readonly UnitCall[];
  asked: Asked;
  /** The names other than Node's own that were looked for. */
  aliases: string;
  /** The calls in the whole text, when the unit began at `start`: what does not move is not made anew at each key. */
  placed: PlacedCall[];
  start: Place;
}

/** A call of a unit, and where it is in the whole text. */
export interface PlacedCall {
  unit: Unit;
  found: UnitCall;
  call: SocketCall;
}

export class IncrementalFinder implements Finder {
  /** How many times a unit was looked through, from the start. */
  evaluations = 0;
  private readonly names = new Names();
  private readonly results = new Map<Unit, Result>();
  /** Units that turned out not to be any; they are met again at the next key. */
  private spare: readonly Unit[] = [];
  /** The whole is a program, so its units have to be. */
  private sound = false;

  constructor(private readonly parser: Parser) {}

  find(root: Node, text: string): Found {
    const before = new Set(this.names.units);
    this.sound = !root.hasError;
    const { units: first, rejected } = this.cut(piecesOf(root, text), text);
    let units = first;
    this.update(units, text);
    if (!root.hasError && !this.sound) {
      // A unit means something else where it stands than by itself: then there is one unit.
      units = this.match([{ from: 0, to: text.length, cuts: [] }], text);
      this.update(units, text);
    }
    const used = new Set(units);
    const spare = new Set(rejected.filter((unit) => !used.has(unit) && !before.has(unit)));
    for (const unit of this.spare) if (!used.has(unit) && !spare.has(unit)) unit.dispose();
    this.spare = [...spare];
    const placing = new Placing();
    const placed: PlacedCall[] = [];
    for (const unit of units) {
      const result = this.results.get(unit)!;
      const moved = result.start.line !== unit.start.line || result.start.character !== unit.start.character;
      result.start = unit.start;
      result.placed = result.calls.map((found, i) => {
        const before = result.placed[i];
        const call = placing.place(found, unit, before?.call, moved);
        return before?.call === call ? before : { unit, found, call };
      });
      for (const each of result.placed) placed.push(each);
    }
    const calls = placed.map(({ call }) => call);
    return {
      calls,
      foreign: [],
      insight: new JavaScriptInsight(root, text, calls),
      wordAt: (place) => {
        const unit = this.unitAt(place);
        return unit ? wordAt(new Inference(this.names, unit), placed, place) : null;
      },
    };
  }

  dispose(): void {
    for (const unit of [...this.names.units, ...this.spare]) unit.dispose();
    this.names.update([], new Changes(new Set(), []));
    this.results.clear();
    this.spare = [];
  }

  /** The units of a text, and others that were tried. A broken piece is cut when that leaves one broken piece, and certainly ends it. */
  private cut(pieces: readonly Piece[], text: string): { units: Unit[]; rejected: readonly Unit[] } {
    if (pieces.every(({ cuts }) => cuts.length === 0)) return { units: this.match(pieces, text), rejected: [] };
    const cut = pieces.map(({ from, to, cuts }) => {
      const ends = [...cuts, to];
      return ends.map((end, i) => ({ from: i === 0 ? from : ends[i - 1]!, to: end, cuts: [] }));
    });
    const units = this.match(cut.flat(), text);
    let first = 0;
    const cleared = cut.map((parts) => {
      const own = units.slice(first, first + parts.length);
      first += parts.length;
      const [broken, ...more] = parts.length === 1 ? [] : own.filter((unit) => unit.root.hasError);
      const isGlobal = (name: string) => units.some((unit) => unit !== broken && unit.offers('binding', name).length > 0);
      return more.length === 0 && !(broken && mayHoldMore(broken.text, isGlobal));
    });
    if (cleared.every(Boolean)) return { units, rejected: [] };
    const whole = cut.flatMap((parts, i) => (cleared[i] ? parts : [pieces[i]!]));
    return { units: this.match(whole, text, units), rejected: units };
  }

  /** A unit for each piece: one from before where the text is the same, in the same order. */
  private match(pieces: readonly Piece[], text: string, more: readonly Unit[] = []): Unit[] {
    const before = this.names.units;
    const is = (unit: Unit, { from, to }: Piece) => unit.text.length === to - from && text.startsWith(unit.text, from);
    let first = 0;
    while (first < before.length && first < pieces.length && is(before[first]!, pieces[first]!)) first++;
    let last = 0;
    const most = Math.min(before.length, pieces.length) - first;
    while (last < most && is(before[before.length - 1 - last]!, pieces[pieces.length - 1 - last]!)) last++;
    const pool = new Map<string, { unit: Unit; order: number }[]>();
    const offer = (unit: Unit, order: number) => {
      const same = pool.get(unit.text);
      if (same) same.push({ unit, order });
      else pool.set(unit.text, [{ unit, order }]);
    };
    for (let i = first; i < before.length - last; i++) offer(before[i]!, i);
    // These never were part of the program, so they may come in any order.
    for (const unit of new Set([...this.spare, ...more])) if (!this.results.has(unit)) offer(unit, Number.POSITIVE_INFINITY);
    let reached = -1;
    const middle = pieces.slice(first, pieces.length - last).map(({ from, to }) => {
      const own = text.slice(from, to);
      const same = pool.get(own);
      const found = same?.findIndex(({ order }) => order > reached) ?? -1;
      if (found < 0) return new Unit(alone(own), (unit) => this.parse(unit));
      const [{ unit, order }] = same!.splice(found, 1) as [{ unit: Unit; order: number }];
      if (Number.isFinite(order)) reached = order;
      return unit;
    });
    return [...before.slice(0, first), ...middle, ...before.slice(before.length - last)];
  }

  private parse(unit: Unit): Tree {
    const tree = this.parser.parse(unit.text);
    if (!tree) throw new Error('the parser has no language');
    if (tree.rootNode.hasError) this.sound = false;
    this.names.parsed(unit, tree);
    return tree;
  }

  /** Makes these the units of the program, and looks through those that are new or got other answers. */
  private update(units: readonly Unit[], text: string): void {
    const { names, results } = this;
    const before = names.units;
    const now = new Set(units);
    const added = units.filter((unit) => !results.has(unit));
    const removed = new Set(before.filter((unit) => !now.has(unit)));
    const changes = new Changes(removed, added);
    if (added.length || removed.size) {
      for (const unit of before) {
        if (removed.has(unit) || results.get(unit)?.asked.isStale(changes)) results.delete(unit);
        for (const [key, { asked }] of unit.shared) if (asked.isStale(changes)) unit.shared.delete(key);
      }
      names.update(units, changes);
      for (const unit of removed) unit.dispose();
    }
    place(units, text);
    const aliases = [...aliasesIn(units)];
    for (const unit of units) {
      const own = aliases.filter((alias) => unit.words.offsets(alias).length);
      const known = results.get(unit);
      if (!known || known.aliases !== own.join(' ')) results.set(unit, this.evaluate(unit, own));
    }
  }

  private evaluate(unit: Unit, aliases: readonly string[]): Result {
    const { names } = this;
    const asked = new Asked();
    this.evaluations++;
    names.asked = asked;
    try {
      const calls = findCalls(new Inference(names, unit), aliases);
      return { calls, asked, aliases: aliases.join(' '), placed: [], start: unit.start };
    } finally {
      asked.done();
      names.asked = null;
    }
  }

  private unitAt({ line, character }: Place): Unit | null {
    let found: Unit | null = null;
    for (const unit of this.names.units) {
      const { start } = unit;
      if (start.line > line || (start.line === line && start.character > character)) break;
      found = unit;
    }
    return found;
  }
}

/** Tells the units where they are. */
function place(units: readonly Unit[], text: string): void {
  let from = 0;
  let line = 0;
  let begin = 0;
  let next = text.indexOf('\n');
  for (const unit of units) {
    while (next >= 0 && next < from) {
      line++;
      begin = next + 1;
      next = text.indexOf('\n', begin);
    }
    unit.from = from;
    unit.start = { line, character: from - begin };
    from += unit.text.length;
  }
}

/** A copy of a part of a text that does not keep all of it in memory, as a substring does. */
function alone(part: string): string {
  return Buffer.from(part, 'utf16le').toString('utf16le');
}
