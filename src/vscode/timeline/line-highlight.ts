import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { Site } from '../../contracts/trace';
import { workspacePath } from '../workspace-path';

/** What is to be shown of a step. */
export interface StepLine {
  /** Its place; null marks nothing. */
  site: Site | null;
  /** Values for the end of the line. */
  label: string;
  /** The learner asked for the line: the editor gets the focus and the cursor. */
  reveal: boolean;
  /** Only mark the line if its file is on screen already. */
  quiet?: boolean;
  /** When the run began (ms since 1970): a file that changed since then may have other lines. */
  began?: number;
  /** The columns in which timelines are seen, over which no file is opened. With two side by side and no room beside them, stepping opens none. */
  avoid?: readonly vscode.ViewColumn[];
}

/** Marks the line of the current step in the editor, with the step's values at its end, without taking the focus. */
export class LineHighlight implements vscode.Disposable {
  private readonly decoration = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('editor.rangeHighlightBackground'),
    // A border, so that the line is not told by its colour alone.
    borderWidth: '1px 0',
    borderStyle: 'solid',
    borderColor: new vscode.ThemeColor('editorInfo.foreground'),
    overviewRulerColor: new vscode.ThemeColor('editorInfo.foreground'),
    overviewRulerLane: vscode.OverviewRulerLane.Full,
    after: { margin: '0 0 0 3em', color: new vscode.ThemeColor('editorCodeLens.foreground'), fontStyle: 'italic' },
  });
  private readonly listeners: vscode.Disposable[];
  private shown: { site: Site; label: string } | null = null;
  private busy = false;
  private next: StepLine | null = null;

  constructor() {
    this.listeners = [vscode.window.onDidChangeVisibleTextEditors(() => this.paint())];
  }

  /** The place that is marked now. */
  get current(): { site: Site; label: string } | null {
    return this.shown;
  }

  /** Marks the line of a step. Steps that come faster than editors open are skipped, but never the last. Resolves when the newest one is shown. */
  async show(step: StepLine): Promise<void> {
    this.next = { ...step, reveal: step.reveal || (this.next?.reveal ?? false) };
    if (this.busy) return;
    this.busy = true;
    try {
      while (this.next) {
        const newest = this.next;
        this.next = null;
        await this.showOne(newest);
      }
    } finally {
      this.busy = false;
    }
  }

  clear(): void {
    void this.show({ site: null, label: '', reveal: false });
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
    this.decoration.dispose();
  }

  private async showOne({ site, label, reveal, quiet, began = 0, avoid = [] }: StepLine): Promise<void> {
    const path = site && workspacePath(site.file);
    const onScreen = vscode.window.visibleTextEditors.some(({ document }) => document.uri.fsPath === path);
    if (!site || !path || (quiet && !reveal && !onScreen)) {
      this.shown = null;
      this.paint();
      return;
    }
    const uri = vscode.Uri.file(path);
    let document: vscode.TextDocument;
    try {
      document = await vscode.workspace.openTextDocument(uri);
    } catch {
      this.shown = null;
      this.paint();
      if (reveal)
        void vscode.window.showWarningMessage(vscode.l10n.t('{0} cannot be opened, so the line of this step cannot be shown.', site.file));
      return;
    }
    const changed = document.isDirty || (began > 0 && (await modified(site.file)) > began);
    this.shown = { site, label: changed ? vscode.l10n.t('{0} (this file changed after the run)', label) : label };
    const line = Math.min(Math.max(site.line, 1), document.lineCount) - 1;
    // Whoever asked for the place gets the cursor there; while stepping, the start of the line stays in view.
    const column = reveal ? Math.min(Math.max(site.column - 1, 0), document.lineAt(line).text.length) : 0;
    const position = new vscode.Position(line, column);
    const range = new vscode.Range(position, position);
    const visible = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
    if (visible && !reveal) visible.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    else if (reveal || avoid.length < 2 || vscode.window.tabGroups.all.some(({ viewColumn }) => !avoid.includes(viewColumn)))
      await vscode.window.showTextDocument(document, {
        viewColumn: visible?.viewColumn ?? codeColumn(avoid),
        preserveFocus: !reveal,
        preview: true,
        selection: range,
      });
    this.paint();
  }

  private paint(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const { shown } = this;
      const here = shown && editor.document.uri.scheme === 'file' && editor.document.uri.fsPath === workspacePath(shown.site.file);
      if (!here) {
        editor.setDecorations(this.decoration, []);
        continue;
      }
      const line = Math.min(shown.site.line, editor.document.lineCount) - 1;
      const end = editor.document.lineAt(line).range.end;
      editor.setDecorations(this.decoration, [
        { range: new vscode.Range(end, end), renderOptions: { after: { contentText: shown.label } } },
      ]);
    }
  }
}

async function modified(file: string): Promise<number> {
  try {
    return (await stat(file)).mtimeMs;
  } catch {
    return 0;
  }
}

/** The column where code is, else the first without a timeline, which would be covered. */
function codeColumn(avoid: readonly vscode.ViewColumn[]): vscode.ViewColumn {
  const code = vscode.window.visibleTextEditors.find(
    ({ viewColumn, document }) => viewColumn !== undefined && !avoid.includes(viewColumn) && document.uri.scheme === 'file',
  );
  if (code?.viewColumn !== undefined) return code.viewColumn;
  let column = vscode.ViewColumn.One;
  while (avoid.includes(column)) column++;
  return column;
}
