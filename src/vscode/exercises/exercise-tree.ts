import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Exercise } from '../../contracts/exercises';
import { COMMANDS, INTERNAL_COMMANDS, VIEWS } from '../../contracts/ids';
import { retriesDue } from '../../exercises/progress/progress';
import { reviewsDue } from '../../exercises/progress/review';
import { isPassed, type Track, tracksOf } from '../../exercises/progress/tracks';
import type { ExerciseService } from './exercise-service';
import { difficultyWords, minutesWords, stateIcon, stateWords, typeWords } from './exercise-words';

export type ExerciseNode =
  | { kind: 'due'; retries: Exercise[]; reviews: number }
  | { kind: 'retry'; exercise: Exercise }
  | { kind: 'reviews'; count: number }
  | { kind: 'track'; track: Track }
  | { kind: 'exercise'; exercise: Exercise }
  | { kind: 'problems' }
  | { kind: 'problem'; folder: string; sentence: string };

/** The view in the activity bar: what is due, tracks with their exercises, and what is broken. Empty before the first start: then VS Code shows the welcome. */
export class ExerciseTree implements vscode.Disposable, vscode.TreeDataProvider<ExerciseNode> {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  readonly view: vscode.TreeView<ExerciseNode>;
  private readonly listeners: vscode.Disposable[];
  private wanted = false;

  constructor(
    private readonly service: ExerciseService,
    private readonly now: () => Date,
  ) {
    this.view = vscode.window.createTreeView(VIEWS.exercises, { treeDataProvider: this, showCollapseAll: true });
    const again = () => this.changed.fire(undefined);
    this.listeners = [
      this.view,
      this.changed,
      service.library.onDidChange(again),
      service.progress.onDidChange(again),
      service.checks.onDidChange(again),
      // What is due changes with the day, progress in another window with its file.
      this.view.onDidChangeVisibility(({ visible }) => visible && service.library.refresh()),
    ];
  }

  dispose(): void {
    for (const each of this.listeners) each.dispose();
  }

  /** Shows the list also before anything was started. */
  showList(): void {
    this.wanted = true;
    this.changed.fire(undefined);
  }

  /** Selects an exercise in the list, when somebody looks at it. */
  async reveal(exercise: Exercise): Promise<void> {
    if (!this.view.visible) return;
    // The list may have been built without it: then there is nothing to select.
    await Promise.resolve(this.view.reveal({ kind: 'exercise', exercise }, { select: true, focus: false })).catch(() => {});
  }

  getParent(node: ExerciseNode): ExerciseNode | undefined {
    const track = node.kind === 'exercise' ? node.exercise.file.track : null;
    return this.roots().find((root) => root.kind === 'track' && root.track.name === track);
  }

  getChildren(node?: ExerciseNode): ExerciseNode[] {
    const { exercises, problems } = this.service.library.list;
    switch (node?.kind) {
      case undefined:
        return this.roots();
      case 'due':
        return [
          ...node.retries.map((exercise) => ({ kind: 'retry' as const, exercise })),
          ...(node.reviews > 0 ? [{ kind: 'reviews' as const, count: node.reviews }] : []),
        ];
      case 'track':
        return exercises.filter(({ file }) => file.track === node.track.name).map((exercise) => ({ kind: 'exercise' as const, exercise }));
      case 'problems':
        return problems.map((problem) => ({ kind: 'problem' as const, ...problem }));
      default:
        return [];
    }
  }

  getTreeItem(node: ExerciseNode): vscode.TreeItem {
    const { t } = vscode.l10n;
    switch (node.kind) {
      case 'due': {
        const item = new vscode.TreeItem(t('Due Today'), vscode.TreeItemCollapsibleState.Expanded);
        item.id = 'due';
        item.iconPath = new vscode.ThemeIcon('calendar');
        return item;
      }
      case 'retry': {
        const { id, title } = node.exercise.file;
        const item = new vscode.TreeItem(`${id} ${title}`);
        item.id = `retry ${id}`;
        item.description = t('try again without help');
        item.iconPath = new vscode.ThemeIcon('history');
        item.command = { title: t('Start Exercise'), command: COMMANDS.startExercise, arguments: [id] };
        return item;
      }
      case 'reviews': {
        const item = new vscode.TreeItem(node.count === 1 ? t('1 question to repeat') : t('{0} questions to repeat', node.count));
        item.id = 'reviews';
        item.iconPath = new vscode.ThemeIcon('question');
        item.command = { title: t('Quiz Me'), command: COMMANDS.quiz };
        return item;
      }
      case 'track':
        return this.trackItem(node.track);
      case 'exercise':
        return this.exerciseItem(node.exercise);
      case 'problems': {
        const item = new vscode.TreeItem(t('Cannot Be Used'), vscode.TreeItemCollapsibleState.Expanded);
        item.id = 'problems';
        return item;
      }
      case 'problem': {
        const item = new vscode.TreeItem(vscode.Uri.file(node.folder));
        item.id = `problem ${node.folder}`;
        item.description = node.sentence.startsWith(node.folder)
          ? node.sentence.slice(node.folder.length).replace(/^[/\\:]/, '')
          : node.sentence;
        item.tooltip = node.sentence;
        item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('problemsWarningIcon.foreground'));
        item.accessibilityInformation = { label: node.sentence };
        const file = vscode.Uri.file(join(node.folder, 'exercise.json'));
        item.command = { title: t('Open'), command: 'vscode.open', arguments: [file] };
        return item;
      }
    }
  }

  private roots(): ExerciseNode[] {
    const { exercises, problems } = this.service.library.list;
    const progress = this.service.progress.value;
    const own = exercises.some(({ origin }) => origin === 'workspace') || problems.length > 0;
    if (!this.wanted && !own && Object.keys(progress.exercises).length === 0) return [];
    const retries = retriesDue(progress, this.now()).flatMap((id) => this.service.library.find(id) ?? []);
    const reviews = reviewsDue(progress, this.now()).length;
    return [
      ...(retries.length + reviews > 0 ? [{ kind: 'due' as const, retries, reviews }] : []),
      ...tracksOf(exercises).map((track) => ({ kind: 'track' as const, track })),
      ...(problems.length > 0 ? [{ kind: 'problems' as const }] : []),
    ];
  }

  private trackItem({ name, exercises }: Track): vscode.TreeItem {
    const progress = this.service.progress.value;
    const passed = exercises.filter((exercise) => isPassed(progress, exercise)).length;
    const begun = exercises.some((exercise) => this.service.stateOf(exercise).state !== 'new');
    const { Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
    const first = tracksOf(this.service.library.list.exercises)[0]?.name === name;
    const item = new vscode.TreeItem(name, (begun && passed < exercises.length) || first ? Expanded : Collapsed);
    item.id = `track ${name}`;
    item.description = vscode.l10n.t('{0} of {1}', passed, exercises.length);
    item.tooltip = vscode.l10n.t('{0}: {1} of {2} passed', name, passed, exercises.length);
    item.accessibilityInformation = { label: item.tooltip };
    return item;
  }

  private exerciseItem(exercise: Exercise): vscode.TreeItem {
    const { id, title, objective } = exercise.file;
    const state = this.service.stateOf(exercise);
    const running = this.service.checks.isRunning(id);
    const says = running ? vscode.l10n.t('being checked') : stateWords(state, this.now());
    const item = new vscode.TreeItem(`${id} ${title}`);
    item.id = `exercise ${id}`;
    // A row is narrow: the picture says that nothing was begun.
    item.description = state.state === 'new' && !running ? minutesWords(exercise) : `${says} · ${minutesWords(exercise)}`;
    item.tooltip = `${objective}\n${[typeWords(exercise), minutesWords(exercise), difficultyWords(exercise)].join(' · ')}\n${says}`;
    item.iconPath = running ? new vscode.ThemeIcon('loading~spin') : stateIcon(state);
    item.accessibilityInformation = {
      label: [id, title, typeWords(exercise), minutesWords(exercise), difficultyWords(exercise), says].join(', '),
    };
    item.contextValue = `exercise ${state.dir === undefined ? 'new' : 'started'}`;
    item.command = { title: vscode.l10n.t('Open Exercise'), command: INTERNAL_COMMANDS.openExercise, arguments: [id] };
    return item;
  }
}
