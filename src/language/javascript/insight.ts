/** What is known of a program beyond its calls: worked out when asked for, once for each state of the text. */
import type { CodeFix, Insight, Remark } from '../analysis';
import type { CallNode } from './calls';
import { fixesOf } from './fixes';
import type { Inference } from './infer';
import { remarkOf, reportsOf } from './rules';
import { Program, type Report } from './rules/program';

export class JavaScriptInsight implements Insight {
  private said: { program: Program; reports: readonly Report[] } | null = null;

  constructor(
    private readonly inference: Inference,
    private readonly nodes: readonly CallNode[],
  ) {}

  remarks(): readonly Remark[] | null {
    if (this.nodes.length === 0) return [];
    const said = this.reports();
    return said ? said.reports.map((report) => remarkOf(said.program, report)) : null;
  }

  fixes(from: number, to: number): readonly CodeFix[] {
    const said = this.reports();
    return said ? fixesOf(said.program, said.reports, from, to) : [];
  }

  private reports(): { program: Program; reports: readonly Report[] } | null {
    if (this.nodes.length === 0 || this.inference.root.hasError) return null;
    if (!this.said) {
      const program = new Program(this.inference, this.nodes);
      this.said = { program, reports: reportsOf(program) };
    }
    return this.said;
  }
}
