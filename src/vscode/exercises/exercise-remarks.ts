import * as vscode from 'vscode';
import type { CheckReport, Exercise } from '../../contracts/exercises';
import type { ExerciseService } from './exercise-service';

/** What the last check said first, at the lines that prove it: what broke and the evidence, never the fix. Gone as soon as the files change. */
export class ExerciseRemarks implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('socketscope-exercises');
  private readonly byExercise = new Map<string, vscode.Uri[]>();
  private readonly listeners: vscode.Disposable[];

  constructor(private readonly service: ExerciseService) {
    this.listeners = [this.collection, service.checks.onDidChange((id) => this.update(id))];
  }

  dispose(): void {
    for (const each of this.listeners) each.dispose();
  }

  private update(id: string): void {
    for (const uri of this.byExercise.get(id) ?? []) this.collection.delete(uri);
    this.byExercise.delete(id);
    const exercise = this.service.library.find(id);
    if (exercise === null) return;
    const { report, stale } = this.service.checks.report(exercise, this.service.dirOf(exercise));
    if (report === null || stale || this.service.checks.isRunning(id)) return;
    const byFile = this.remarks(exercise, report);
    for (const [path, list] of byFile) this.collection.set(vscode.Uri.file(path), list);
    this.byExercise.set(
      id,
      [...byFile.keys()].map((path) => vscode.Uri.file(path)),
    );
  }

  /** By file: one remark a line. */
  private remarks(exercise: Exercise, { feedback, evidence }: CheckReport): Map<string, vscode.Diagnostic[]> {
    const byFile = new Map<string, vscode.Diagnostic[]>();
    const dir = this.service.dirOf(exercise);
    if (feedback === null || dir === null) return byFile;
    for (const { site } of evidence) {
      const file = site === null ? null : this.service.learnersFile(site.file);
      // Only the learner's own files: a line of Node or of the extension is nobody's to change.
      if (file === null || this.service.ofFile(file) === null) continue;
      const list = byFile.get(file) ?? [];
      const line = Math.max(0, site!.line - 1);
      if (list.some(({ range }) => range.start.line === line)) continue;
      const remark = new vscode.Diagnostic(
        new vscode.Range(line, Math.max(0, site!.column - 1), line, Number.MAX_SAFE_INTEGER),
        `${feedback.broke} ${feedback.evidence}\n${feedback.question}`,
        // The program of a prediction is as it should be.
        exercise.file.type === 'predict' ? vscode.DiagnosticSeverity.Information : vscode.DiagnosticSeverity.Warning,
      );
      remark.source = 'Socketscope';
      remark.code = exercise.file.id;
      byFile.set(file, [...list, remark]);
    }
    return byFile;
  }
}
