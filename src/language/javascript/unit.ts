/**
 * A part of a program that is read by itself: a statement at the top of the file with the comments over it. What is worked out here depends on
 * its own text and on nothing else, so it is kept for as long as the text stays; all offsets and places are relative to its start.
 */
import type { Node, Tree } from '@vscode/tree-sitter-wasm';
import type { Place, Span } from '../analysis';
import { CALL_NAMES, EXPORT_NAMES } from './api';
import type { Asked } from './asked';
import type { Type } from './infer';
import { type Binding, classify, field, IDENTIFIERS, type Occurrences, same, type Write } from './names';
import { Words } from './word-index';

/** `something.name = right`. */
export interface PropertyWrite {
  target: Node;
  right: Node | null;
}

/** `@typedef {text} name`. */
export interface Typedef {
  name: string;
  text: string;
}

/** What a unit gives to the rest of the program, by name: what stands in it outside its own functions and blocks. */
export interface Offers {
  binding: Binding;
  write: Write;
  read: Node;
  property: PropertyWrite;
  typedef: Typedef;
}

/** An expression of a program. The same object for the same one. */
export interface Spot {
  unit: Unit;
  at: number;
}

/** A word that may name a socket call. */
export interface Mention {
  name: string;
  node: Node;
}

const COMBINED = new RegExp(`(?<![\\w$])(?:${[...CALL_NAMES].join('|')})(?![\\w$])`, 'g');

export class Unit {
  readonly words: Words;
  /** Types that others asked for, each with what it depends on. */
  readonly shared = new Map<number | Binding, { type: Type; asked: Asked }>();
  /** Where it starts in the whole text; moves with edits before it. */
  from = 0;
  start: Place = { line: 0, character: 0 };
  private tree: Tree | null = null;
  private readonly occurrences = new Map<string, Occurrences>();
  private readonly used = new Map<string, Map<Binding, { writes: Write[]; reads: Node[] }>>();
  private readonly offered = new Map<string, readonly unknown[]>();
  private readonly written = new Map<string, PropertyWrite[]>();
  private readonly aliased = new Map<string, string[]>();
  private readonly spots = new Map<number, Spot>();
  private named: Mention[] | null = null;
  private said: Typedef[] | null = null;

  /** `read`: parses its text; called when the tree is needed first. */
  constructor(
    readonly text: string,
    private readonly read: (unit: Unit) => Tree,
  ) {
    this.words = new Words(text);
  }

  get root(): Node {
    this.tree ??= this.read(this);
    return this.tree.rootNode;
  }

  /** Trees live in WebAssembly memory, which the garbage collector does not see. */
  dispose(): void {
    this.tree?.delete();
    this.tree = null;
  }

  /** The mentions of a name. */
  of(name: string): Occurrences {
    let found = this.occurrences.get(name);
    if (found) return found;
    found = { bindings: [], writes: [], reads: [] };
    this.occurrences.set(name, found);
    for (const at of this.words.offsets(name)) {
      const node = this.nodeAt(at, name);
      if (node && IDENTIFIERS.has(node.type)) classify(node, name, found, this);
    }
    return found;
  }

  /** What a name means at an offset, when a function or block of this unit declares it. Several when it is declared twice in one scope. */
  local(name: string, at: number): Binding[] {
    let best: Binding[] = [];
    for (const binding of this.of(name).bindings) {
      if (binding.global || at < binding.from || at >= binding.to) continue;
      const current = best[0];
      if (!current || binding.to - binding.from < current.to - current.from) best = [binding];
      else if (binding.from === current.from && binding.to === current.to) best.push(binding);
    }
    return best;
  }

  /** What belongs to a declaration of this unit that is not global. */
  uses(binding: Binding): { writes: readonly Write[]; reads: readonly Node[] } {
    let found = this.used.get(binding.name);
    if (!found) {
      found = new Map();
      this.used.set(binding.name, found);
      const { bindings, writes, reads } = this.of(binding.name);
      for (const each of bindings) found.set(each, { writes: [], reads: [] });
      for (const write of writes) for (const each of this.local(binding.name, write.at)) found.get(each)!.writes.push(write);
      for (const read of reads) for (const each of this.local(binding.name, read.startIndex)) found.get(each)!.reads.push(read);
    }
    return found.get(binding) ?? { writes: [], reads: [] };
  }

  /** Every `something.name = right`. */
  propertyWrites(name: string): readonly PropertyWrite[] {
    let found = this.written.get(name);
    if (found) return found;
    found = [];
    this.written.set(name, found);
    for (const at of this.words.offsets(name)) {
      const target = this.root.descendantForIndex(at, at + name.length - 1)?.parent;
      if (target?.type !== 'member_expression' || field(target, 'property')?.startIndex !== at) continue;
      const parent = target.parent;
      if (parent?.type !== 'assignment_expression' && parent?.type !== 'augmented_assignment_expression') continue;
      if (same(field(parent, 'left'), target)) found.push({ target, right: field(parent, 'right') });
    }
    return found;
  }

  offers<Kind extends keyof Offers>(kind: Kind, name: string): readonly Offers[Kind][] {
    // Most units do not have the word.
    if (kind !== 'typedef' && this.words.offsets(name).length === 0) return [];
    const key = `${kind} ${name}`;
    let found = this.offered.get(key);
    if (!found) {
      found = this.offer(kind, name);
      this.offered.set(key, found);
    }
    return found as readonly Offers[Kind][];
  }

  private offer(kind: keyof Offers, name: string): readonly Offers[keyof Offers][] {
    switch (kind) {
      case 'binding':
        return this.of(name).bindings.filter(({ global }) => global);
      case 'write':
        return this.of(name).writes.filter(({ at }) => this.local(name, at).length === 0);
      case 'read':
        return this.of(name).reads.filter(({ startIndex }) => this.local(name, startIndex).length === 0);
      case 'property':
        return this.propertyWrites(name);
      case 'typedef':
        return this.typedefs();
    }
  }

  /** Words that may name one of Node's calls, in source order. */
  mentions(): readonly Mention[] {
    if (this.named) return this.named;
    this.named = [];
    for (const match of this.text.matchAll(COMBINED)) {
      if (!EXPORT_NAMES.has(match[0]) && !looksCalled(this.text, match.index, match[0].length)) continue;
      const node = this.nodeAt(match.index, match[0]);
      if (node) this.named.push({ name: match[0], node });
    }
    return this.named;
  }

  /** Other names that this unit gives to what a name means; null: to what `mentions` names. */
  aliases(name: string | null): readonly string[] {
    if (name !== null && this.words.offsets(name).length === 0) return [];
    let found = this.aliased.get(name ?? '');
    if (found) return found;
    found = [];
    this.aliased.set(name ?? '', found);
    const mentions = name === null ? this.mentions() : this.mentionsOf(name);
    for (const mention of mentions) {
      const alias = otherName(mention.node);
      if (alias && alias !== mention.name && !CALL_NAMES.has(alias)) found.push(alias);
    }
    return found;
  }

  mentionsOf(name: string): Mention[] {
    return this.words.offsets(name).flatMap((at) => {
      const node = this.nodeAt(at, name);
      return node ? [{ name, node }] : [];
    });
  }

  spot(at: number): Spot {
    let found = this.spots.get(at);
    if (!found) {
      found = { unit: this, at };
      this.spots.set(at, found);
    }
    return found;
  }

  /** A place in the whole text. */
  place({ line, character }: Place): Place {
    const { start } = this;
    return { line: start.line + line, character: line === 0 ? start.character + character : character };
  }

  span({ start, end }: Span): Span {
    return { start: this.place(start), end: this.place(end) };
  }

  /** The other way round: a place of the whole text in this unit. */
  inside({ line, character }: Place): Place {
    const { start } = this;
    return { line: line - start.line, character: line === start.line ? character - start.character : character };
  }

  private typedefs(): Typedef[] {
    this.said ??= this.text.includes('@typedef')
      ? [...this.text.matchAll(/@typedef\s*\{([^}]*)\}\s*([\w$]+)/g)].map((match) => ({ name: match[2]!, text: match[1]! }))
      : [];
    return this.said;
  }

  /** The node that is exactly this word. */
  private nodeAt(at: number, word: string): Node | null {
    const node = this.root.descendantForIndex(at, at + word.length - 1);
    return node && node.startIndex === at && node.endIndex === at + word.length ? node : null;
  }
}

/** False for a word that cannot be the method of a call: a look at its neighbours costs much less than one at the tree. */
function looksCalled(text: string, at: number, length: number): boolean {
  let before = at - 1;
  while (before >= 0 && text.charCodeAt(before) <= 32) before--;
  let after = at + length;
  while (after < text.length && text.charCodeAt(after) <= 32) after++;
  // A slash may belong to a comment, `<` to type arguments, `?` to an optional call.
  return './'.includes(text[before] ?? ' ') && '(?</'.includes(text[after] ?? ' ');
}

/** The name that a mention gives to the same thing: `b` in `a as b`, `{ a: b }`, `b = x.a`. */
function otherName(node: Node): string | null {
  const parent = node.parent;
  if (parent?.type === 'import_specifier') return field(parent, 'alias')?.text ?? null;
  if (parent?.type === 'pair_pattern' && same(field(parent, 'key'), node)) {
    const value = field(parent, 'value');
    return value?.type === 'identifier' ? value.text : null;
  }
  const value = parent?.type === 'member_expression' ? parent : node;
  const holder = value.parent;
  if (holder?.type === 'variable_declarator' && same(field(holder, 'value'), value)) {
    const name = field(holder, 'name');
    return name?.type === 'identifier' ? name.text : null;
  }
  return null;
}
