/** Where a program can be cut into parts that are read by themselves. */
import type { Node } from '@vscode/tree-sitter-wasm';

/** Part of a text, as offsets. */
export interface Piece {
  from: number;
  to: number;
  /** Of a part that is no program at the moment: where it may be cut further, so that what is broken ends there. */
  cuts: readonly number[];
}

/** A line that begins with one of these, without an indent, begins a statement of the program, as programs are written. */
const BEGINS =
  /^(?:export|import|const|let|var|function|async|class|if|for|while|switch|try|abstract|interface|type|enum|declare|namespace)\b/gm;

/**
 * One piece for each statement at the top of the program, with everything that stands before it; together they are the whole text. Where
 * a statement is broken (`function f() { if (x) {`) the parser may take the rest of the file for a part of it: such a piece says where it
 * may be cut.
 */
export function piecesOf(root: Node, text: string): Piece[] {
  // An error around everything: its children are no statements.
  if (root.type === 'ERROR') return [{ from: 0, to: text.length, cuts: cutsIn(root, text, 0, text.length) }];
  const pieces: Piece[] = [];
  let from = 0;
  for (const child of root.children) {
    if (!child || child.type === 'comment') continue;
    const to = child.endIndex;
    if (to <= from) continue;
    pieces.push({ from, to, cuts: child.hasError ? cutsIn(root, text, child.startIndex, to) : [] });
    from = to;
  }
  if (from < text.length) pieces.push({ from, to: text.length, cuts: [] });
  return pieces;
}

function cutsIn(root: Node, text: string, from: number, to: number): number[] {
  const cuts: number[] = [];
  for (const match of text.slice(from, to).matchAll(BEGINS)) {
    const at = from + match.index;
    if (at === from) continue;
    // In a string, a template or a comment it is no word of the language.
    const leaf = root.descendantForIndex(at, at + match[0].length - 1);
    if (leaf?.type === match[0] && leaf.startIndex === at) {
      // As between whole statements: what stands over a statement belongs to it.
      const cut = behindCode(root, text, at);
      if (cut > from) cuts.push(cut);
    }
  }
  return cuts;
}

/** The end of what stands before an offset, when white space and comments are not counted. */
function behindCode(root: Node, text: string, at: number): number {
  let end = at;
  for (;;) {
    while (end > 0 && text.charCodeAt(end - 1) <= 32) end--;
    const last = end > 0 ? root.descendantForIndex(end - 1, end - 1) : null;
    if (last?.type !== 'comment') return end;
    end = last.startIndex;
  }
}

/**
 * Whether what comes after a broken piece may belong into it all the same: nothing in it is indented, so that the left margin says nothing,
 * and a name that it may declare (`function f(net) {`) is one of the rest of the program.
 */
export function mayHoldMore(piece: string, isGlobal: (name: string) => boolean): boolean {
  const code = piece.replace(/\/\*[\s\S]*?(?:\*\/|$)|\/\/.*$/gm, '').trimStart();
  if (/\n[ \t]+\S/.test(code)) return false;
  return (code.slice(code.search(/[({]/)).match(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu) ?? []).some(isGlobal);
}
