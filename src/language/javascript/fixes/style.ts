/** How a file is written, so that what is put in looks like the rest. */
import type { Node } from '@vscode/tree-sitter-wasm';
import { field, named } from '../names';
import type { Program } from '../rules/program';

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

export class Style {
  readonly quote: "'" | '"';
  /** `;` or nothing. */
  readonly semi: string;
  readonly unit: string;
  readonly eol: string;
  readonly esm: boolean;
  readonly arrows: boolean;
  private readonly taken: Set<string>;

  constructor(private readonly program: Program) {
    const { text } = program;
    this.quote = count(text, /"/g) > count(text, /'/g) ? '"' : "'";
    this.eol = text.includes('\r\n') ? '\r\n' : '\n';
    this.semi = count(text, /;[ \t]*\r?$/gm) * 2 >= count(text, /(?:[\w$)'"`]|\}\))[ \t]*;?[ \t]*\r?$/gm) ? ';' : '';
    this.unit = /^(\t| {2,8})\S/m.exec(text)?.[1] ?? '  ';
    this.esm = /^\s*(?:import\b(?!\s*\()|export\b)/m.test(text) || !/\brequire\s*\(/.test(text);
    this.arrows = count(text, /=>/g) >= count(text, /\bfunction\s*\(/g);
    this.taken = new Set(text.match(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu) ?? []);
  }

  string(text: string): string {
    return this.quote + text + this.quote;
  }

  /** A name that the file does not use; the same base may be asked for again. */
  fresh(base: string): string {
    let name = base;
    for (let n = 2; this.taken.has(name); n++) name = base + n;
    this.taken.add(name);
    return name;
  }

  /** A function of statements. */
  fn(parameters: string, lines: readonly string[], indent: string): string {
    const body = this.block(lines, indent + this.unit);
    return this.arrows ? `(${parameters}) => {${this.eol}${body}${indent}}` : `function (${parameters}) {${this.eol}${body}${indent}}`;
  }

  /** Lines, each indented and ended. A leading tab of a line is one more level. */
  block(lines: readonly string[], indent: string): string {
    return lines.map((line) => indent + line.replace(/^\t+/, (tabs) => this.unit.repeat(tabs.length)) + this.eol).join('');
  }

  /** White space before the line that an offset is on. */
  indentAt(offset: number): string {
    const { text } = this.program;
    return /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', offset - 1) + 1))![0];
  }

  lineStart(offset: number): number {
    return this.program.text.lastIndexOf('\n', offset - 1) + 1;
  }

  /** The edit that makes a name of a module known, and the name; no edit when it is. */
  imported(module: string, name: string): { name: string; edits: { from: number; to: number; text: string }[] } {
    const { inference, text } = this.program;
    const known = inference.names.globals(name)[0];
    const source =
      known?.kind === 'import' ? known.value?.text.slice(1, -1) : /require\(['"]([^'"]+)['"]\)/.exec(known?.value?.text ?? '')?.[1];
    if (known && source?.replace(/^node:/, '') === module) return { name, edits: [] };
    const local = this.fresh(name);
    const prefix = /['"]node:/.test(text) || !/['"](?:net|dgram|http|https|tls|fs|events)['"]/.test(text) ? 'node:' : '';
    const from = this.string(prefix + module);
    const as = local === name ? name : this.esm ? `${name} as ${local}` : `${name}: ${local}`;
    const statement = this.esm ? `import { ${as} } from ${from}${this.semi}` : `const { ${as} } = require(${from})${this.semi}`;
    const at = this.importsEnd();
    return { name: local, edits: [{ from: at, to: at, text: statement + this.eol }] };
  }

  /** The start of the line after the first import or require; of the first statement when there is none. */
  private importsEnd(): number {
    const statements = named(this.program.inference.root);
    const first = statements.find(
      ({ type, text }) => type === 'import_statement' || (/^(?:lexical|variable)_declaration$/.test(type) && /\brequire\(/.test(text)),
    );
    const anchor =
      first ??
      statements.find(({ type, text }) => !(type === 'expression_statement' && /^['"]use strict/.test(text)) && type !== 'hash_bang_line');
    if (!first) return anchor?.startIndex ?? 0;
    const end = this.program.text.indexOf('\n', first.endIndex);
    return end < 0 ? this.program.text.length : end + 1;
  }
}

/** The statement that a node is in. */
export function statementOf(node: Node): Node {
  let at = node;
  while (at.parent && !/^(?:program|statement_block|switch_case|switch_default|class_static_block)$/.test(at.parent.type)) at = at.parent;
  return at;
}

export const argumentsOfCall = (call: Node): Node[] => named(field(call, 'arguments') ?? call);
