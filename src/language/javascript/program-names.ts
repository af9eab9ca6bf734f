/** Which declaration a name means, over all units of a program. Nothing is walked in advance: the cost follows the names that matter. */
import type { Node, Tree } from '@vscode/tree-sitter-wasm';
import { type Asked, type Changes, Question } from './asked';
import type { Binding, Write } from './names';
import type { Offers, PropertyWrite, Typedef, Unit } from './unit';

interface Answer {
  question: Question;
  items: readonly Offers[keyof Offers][];
  units: readonly Unit[];
}

export class Names {
  /** Whoever works something out at the moment; null: nobody wants to know what it depends on. */
  asked: Asked | null = null;
  private readonly byTree = new WeakMap<Tree, Unit>();
  /** By kind and name. */
  private readonly answers = new Map<string, Answer>();

  constructor(private all: readonly Unit[] = []) {}

  get units(): readonly Unit[] {
    return this.all;
  }

  /** Takes over the units after an edit, in source order; answers that the edit changed are forgotten. */
  update(units: readonly Unit[], changes: Changes): void {
    this.all = units;
    for (const [key, { question }] of this.answers) if (question.isAnsweredAnew(changes)) this.answers.delete(key);
  }

  /** Has to be told of the tree of each unit. */
  parsed(unit: Unit, tree: Tree): void {
    this.byTree.set(tree, unit);
  }

  /** Throws for a node of another program. */
  unitOf(node: Node): Unit {
    const unit = this.byTree.get(node.tree);
    if (!unit) throw new Error('a node of another program');
    return unit;
  }

  /** What the name means at the start of a node; empty when nothing in the program declares it. Several when it is declared twice in one scope. */
  lookup(name: string, at: Node): readonly Binding[] {
    const local = this.unitOf(at).local(name, at.startIndex);
    return local.length ? local : this.globals(name);
  }

  /** Declarations for the whole program. */
  globals(name: string): readonly Binding[] {
    return this.everywhere('binding', name);
  }

  /** Assignments to what `binding` declares. */
  writes(binding: Binding): readonly Write[] {
    return binding.global ? this.everywhere('write', binding.name) : binding.unit.uses(binding).writes;
  }

  /** Other uses of what `binding` declares. */
  reads(binding: Binding): readonly Node[] {
    return binding.global ? this.everywhere('read', binding.name) : binding.unit.uses(binding).reads;
  }

  /** Every `something.name = right` of the program. */
  propertyWrites(name: string): readonly PropertyWrite[] {
    return this.everywhere('property', name);
  }

  typedefs(): readonly Typedef[] {
    return this.everywhere('typedef', '');
  }

  private everywhere<Kind extends keyof Offers>(kind: Kind, name: string): readonly Offers[Kind][] {
    const key = `${kind} ${name}`;
    let answer = this.answers.get(key);
    if (!answer) {
      const items: Offers[Kind][] = [];
      const units: Unit[] = [];
      for (const unit of this.all) {
        const offered = unit.offers(kind, name);
        if (offered.length === 0) continue;
        items.push(...offered);
        units.push(unit);
      }
      answer = { question: new Question(kind, name), items, units };
      this.answers.set(key, answer);
    }
    if (this.asked) {
      this.asked.questions.add(answer.question);
      for (const unit of answer.units) this.asked.units.add(unit);
    }
    return answer.items as readonly Offers[Kind][];
  }
}
