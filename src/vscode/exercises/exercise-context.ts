import * as vscode from 'vscode';
import { CONTEXT_KEYS } from '../../contracts/ids';
import type { ExerciseService } from './exercise-service';

/** Keeps the context keys up to date by which commands about exercises are enabled. */
export class ExerciseContext implements vscode.Disposable {
  private readonly listeners: vscode.Disposable[];
  private readonly set = new Map<string, unknown>();

  constructor(private readonly service: ExerciseService) {
    const update = () => this.update();
    this.listeners = [
      vscode.window.onDidChangeActiveTextEditor(update),
      service.progress.onDidChange(update),
      service.library.onDidChange(update),
      service.checks.onDidChange((id) => {
        update();
        if (!service.checks.isRunning(id)) this.tell(CONTEXT_KEYS.exerciseChecked, true);
      }),
    ];
  }

  dispose(): void {
    for (const each of this.listeners) each.dispose();
  }

  update(): void {
    const { service } = this;
    const exercise = service.current();
    this.tell(CONTEXT_KEYS.exercise, exercise !== null);
    this.tell(CONTEXT_KEYS.exerciseHints, exercise !== null && service.stateOf(exercise).hints < exercise.file.hints.length);
    this.tell(CONTEXT_KEYS.exerciseChecking, service.checks.anyRunning);
    this.tell(CONTEXT_KEYS.exercisesStarted, Object.keys(service.progress.value.exercises).length > 0);
  }

  private tell(key: string, value: boolean): void {
    if (this.set.get(key) === value) return;
    this.set.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  }
}
