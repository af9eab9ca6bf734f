/** What is known of a program beyond its calls: worked out when asked for, once for each state of the text. */
import type { Node } from '@vscode/tree-sitter-wasm';
import type { CodeFix, Insight, Remark, SocketCall } from '../analysis';
import { type CallNode, nodesOf } from './calls';
import { fixesOf } from './fixes';
import { Inference } from './infer';
import { Names } from './program-names';
import { remarkOf, reportsOf } from './rules';
import { Program, type Report } from './rules/program';
import { Unit } from './unit';

/** Others wait no longer than this, in ms, and what a single step takes. */
const SLICE = 8;

interface Said {
  program: Program;
  reports: readonly Report[];
}

export class JavaScriptInsight implements Insight {
  private said: Said | null = null;
  private work: Generator<void, Said> | null = null;

  /** `root`: of the whole program. */
  constructor(
    private readonly root: Node,
    private readonly text: string,
    private readonly calls: readonly SocketCall[],
  ) {}

  async prepare(pause: () => Promise<boolean>): Promise<boolean> {
    for (let until = performance.now() + SLICE; !this.isDone() && this.step(); ) {
      if (performance.now() < until) continue;
      if (!(await pause())) return false;
      until = performance.now() + SLICE;
    }
    return true;
  }

  remarks(): readonly Remark[] | null {
    if (this.calls.length === 0) return [];
    const said = this.reports();
    return said ? said.reports.map((report) => remarkOf(said.program, report)) : null;
  }

  fixes(from: number, to: number): readonly CodeFix[] {
    const said = this.reports();
    return said ? fixesOf(said.program, said.reports, from, to) : [];
  }

  private reports(): Said | null {
    while (!this.isDone() && this.step());
    return this.said;
  }

  private isDone(): boolean {
    return this.said !== null || this.calls.length === 0 || this.root.hasError;
  }

  /** False: that was the last one. */
  private step(): boolean {
    this.work ??= this.steps();
    const { done, value } = this.work.next();
    if (done) this.said = value;
    return !done;
  }

  /** The rules look at the program as one unit: what they follow goes all through it. */
  private *steps(): Generator<void, Said> {
    const whole = new Unit(this.text, () => this.root.tree);
    const names = new Names([whole]);
    names.parsed(whole, this.root.tree);
    const nodes: CallNode[] = [];
    for (const call of this.calls) {
      yield;
      nodes.push(...nodesOf(this.root, call));
    }
    const program = new Program(new Inference(names, whole), nodes);
    yield* program.follow();
    return { program, reports: yield* reportsOf(program) };
  }
}
