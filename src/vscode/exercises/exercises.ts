import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Exercise } from '../../contracts/exercises';
import { COMMANDS, INTERNAL_COMMANDS } from '../../contracts/ids';
import type { Messages } from '../messages';
import type { ExtensionPaths } from '../paths';
import type { Settings } from '../settings';
import { ExerciseActions } from './exercise-actions';
import { ExerciseContext } from './exercise-context';
import { exerciseFolder } from './exercise-folder';
import { ExerciseRemarks } from './exercise-remarks';
import { ExerciseService } from './exercise-service';
import { ExerciseTests } from './exercise-tests';
import { type ExerciseNode, ExerciseTree } from './exercise-tree';
import { exportProgress, resetProgress } from './progress-commands';
import { Quiz } from './quiz';
import { SolutionView } from './solution-view';

export interface ExercisesOptions {
  paths: ExtensionPaths;
  settings: Settings;
  messages: Messages;
  trusted: () => boolean;
  /** The private folder of the extension for all workspaces. */
  storage: string;
  showStep: (trace: string, step: number, column?: vscode.ViewColumn) => unknown;
}

/** Everything about exercises in VS Code: commands, page, view, Testing view, remarks. */
export class Exercises implements vscode.Disposable {
  readonly service: ExerciseService;
  readonly actions: ExerciseActions;
  readonly tree: ExerciseTree;
  readonly tests: ExerciseTests;
  readonly quiz: Quiz;
  private readonly registered: vscode.Disposable[];

  constructor(private readonly options: ExercisesOptions) {
    const { paths, settings, messages, trusted, showStep } = options;
    const now = () => new Date();
    const storage = join(options.storage, 'exercises');
    this.service = new ExerciseService({ paths, settings, messages, storage, trusted, folder: () => exerciseFolder(settings), now });
    const { service } = this;
    const solutions = new SolutionView(service.library);
    this.quiz = new Quiz({ folder: paths.quiz, progress: service.progress, messages, now });
    this.actions = new ExerciseActions({ paths, service, quiz: this.quiz, solutions, messages, now, showStep });
    this.tree = new ExerciseTree(service, now);
    this.tests = new ExerciseTests(service);
    const context = new ExerciseContext(service);
    // After the activation, which nothing here may hold up.
    const later = setTimeout(() => {
      context.update();
      if (Object.keys(service.progress.value.exercises).length > 0) this.tests.fill();
    }, 0);
    this.registered = [
      { dispose: () => clearTimeout(later) },
      service,
      solutions,
      this.actions,
      this.tree,
      this.tests,
      this.actions.onDidStart((exercise) => void this.tree.reveal(exercise)),
      context,
      new ExerciseRemarks(service),
      ...this.commands(),
    ];
  }

  /** Ends running checks with all their processes. */
  async stop(): Promise<void> {
    await this.service.checks.stopAll();
  }

  dispose(): void {
    for (const each of this.registered) each.dispose();
  }

  private commands(): vscode.Disposable[] {
    const { actions, service, tests, tree, options } = this;
    const { messages } = options;
    const on = (id: string, run: (argument?: unknown) => unknown) => vscode.commands.registerCommand(id, run);
    const about = (id: string, run: (exercise: Exercise) => unknown) =>
      on(id, (argument) => {
        const exercise = this.target(argument);
        return exercise === null ? this.offerStart() : run(exercise);
      });
    return [
      on(COMMANDS.startExercise, (argument) => actions.start(idOf(argument))),
      on(COMMANDS.continueExercise, () => actions.goOn()),
      about(COMMANDS.checkExercise, (exercise) => actions.check(exercise)),
      about(COMMANDS.nextHint, (exercise) => actions.hint(exercise)),
      about(COMMANDS.resetExercise, (exercise) => actions.reset(exercise)),
      about(COMMANDS.showSolution, (exercise) => actions.solution(exercise)),
      on(COMMANDS.quiz, () => actions.startQuiz()),
      on(COMMANDS.exportProgress, () => exportProgress(service.progress, messages)),
      on(COMMANDS.resetProgress, () => resetProgress(service.progress, messages)),
      on(COMMANDS.showEvidence, (argument) => {
        const test = (argument as { test?: vscode.TestItem } | undefined)?.test;
        const found = test === undefined ? null : tests.checkOf(test);
        if (found === null) return;
        const { report } = service.checks.report(found.exercise, service.dirOf(found.exercise));
        const about = found.check === null ? report : report?.checks.find(({ id }) => id === found.check);
        const proof = about?.evidence[0] ?? report?.evidence[0];
        if (proof !== undefined) actions.showEvidence(found.exercise, proof);
      }),
      on(INTERNAL_COMMANDS.openExercise, (argument) => {
        const id = idOf(argument);
        return id === null ? undefined : actions.open(id);
      }),
      on(INTERNAL_COMMANDS.listExercises, () => tree.showList()),
    ];
  }

  /** The exercise that a command is about: its argument, that of the page in front, that of the active file, the last one. */
  private target(argument: unknown): Exercise | null {
    const id = idOf(argument);
    if (id !== null) return this.service.need(id);
    const { panel } = this.actions;
    if (panel.active && panel.exercise !== null) return this.service.library.find(panel.exercise);
    return this.service.current();
  }

  private offerStart(): void {
    const { t } = vscode.l10n;
    this.options.messages.info(t('No exercise has been started yet.'), {
      [t('Start Exercise...')]: () => this.actions.start(null),
    });
  }
}

/** An id, or the row of the view. */
function idOf(argument: unknown): string | null {
  if (typeof argument === 'string') return argument;
  const node = argument as Partial<ExerciseNode> | undefined;
  return node?.kind === 'exercise' || node?.kind === 'retry' ? (node as { exercise: Exercise }).exercise.file.id : null;
}
