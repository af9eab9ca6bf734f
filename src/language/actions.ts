/** Code actions: what a rule offers, refactorings of a call, the step behind a remark, and how to silence it. */
import { type CodeAction, CodeActionKind, type Diagnostic, type WorkspaceEdit } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { LanguageOptions, RemarkData } from '../contracts/lsp';
import type { CodeFix } from './analysis';
import { SOURCE } from './diagnostics';
import { IGNORE } from './exclusions';

export interface ActionInput {
  document: TextDocument;
  fixes: readonly CodeFix[];
  /** The diagnostics at the place, as the client sends them back. */
  diagnostics: readonly Diagnostic[];
  options: LanguageOptions;
}

export function actionsOf({ document, fixes, diagnostics, options }: ActionInput): CodeAction[] {
  const ours = diagnostics.filter(({ source }) => source === SOURCE);
  const actions: CodeAction[] = fixes.map((fix) => {
    const settles = ours.filter(({ code }) => code === fix.rule);
    return {
      title: fix.title,
      kind: fix.rule ? CodeActionKind.QuickFix : CodeActionKind.RefactorRewrite,
      ...(settles.length ? { diagnostics: settles } : {}),
      edit: workspaceEdit(document, fix),
    };
  });
  for (const diagnostic of ours) {
    const data = diagnostic.data as RemarkData | undefined;
    if (!data) continue;
    const { commands } = options;
    const run = (title: string, command: string, argument: unknown): CodeAction => ({
      title,
      kind: CodeActionKind.QuickFix,
      diagnostics: [diagnostic],
      command: { title, command, arguments: [argument] },
    });
    if (data.step && commands.showStep) actions.push(run(`Show step ${data.step.step} of the last run`, commands.showStep, data.step));
    if (commands.startExercise) actions.push(run(`Train this: exercise ${data.exercise}`, commands.startExercise, data.exercise));
    actions.push({ ...ignore(document, diagnostic, data.rule), kind: CodeActionKind.QuickFix, diagnostics: [diagnostic] });
  }
  return actions;
}

function workspaceEdit(document: TextDocument, { edits }: CodeFix): WorkspaceEdit {
  const changes = edits.map(({ from, to, text }) => ({
    range: { start: document.positionAt(from), end: document.positionAt(to) },
    newText: text,
  }));
  return { changes: { [document.uri]: changes } };
}

/** A comment over the line. */
function ignore(document: TextDocument, { range }: Diagnostic, rule: string): Pick<CodeAction, 'title' | 'edit'> {
  const { line } = range.start;
  const text = document.getText({ start: { line, character: 0 }, end: { line: line + 1, character: 0 } });
  const indent = /^[ \t]*/.exec(text)![0];
  const end = text.endsWith('\r\n') ? '\r\n' : '\n';
  const at = { line, character: 0 };
  const comment = document.languageId === 'python' ? '#' : '//';
  return {
    title: `Do not say this here (${rule})`,
    edit: { changes: { [document.uri]: [{ range: { start: at, end: at }, newText: `${indent}${comment} ${IGNORE} ${rule}${end}` }] } },
  };
}
