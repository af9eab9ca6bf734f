import { readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import type { Exercise, ExerciseList } from '../../contracts/exercises';
import { SETTINGS } from '../../contracts/ids';
import { listExercises, WORKSPACE_EXERCISES } from '../../exercises/files/load';
import type { ExtensionPaths } from '../paths';
import type { Settings } from '../settings';

/** All exercises of the window: ours, those of the workspace, those of the folders in the settings. Read when they are asked for. */
export class ExerciseLibrary implements vscode.Disposable {
  private known: { list: ExerciseList; stamp: string } | null = null;
  private watchers: vscode.Disposable[] = [];
  private readonly changed = new vscode.EventEmitter<void>();
  /** The list may be another one. */
  readonly onDidChange = this.changed.event;
  private readonly listeners: vscode.Disposable[];

  constructor(
    private readonly paths: ExtensionPaths,
    private readonly settings: Settings,
  ) {
    this.watch();
    const again = () => {
      this.watch();
      this.forget();
    };
    this.listeners = [
      vscode.workspace.onDidChangeWorkspaceFolders(again),
      vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration(SETTINGS.exerciseFolders) && again()),
      vscode.workspace.onDidGrantWorkspaceTrust(again),
    ];
  }

  get list(): ExerciseList {
    // Watchers are late, and miss what happens while they start and on some remote disks: what there is of a teacher's is looked at each time.
    const stamp = this.stamp();
    if (this.known === null || this.known.stamp !== stamp) {
      const isNews = this.known !== null;
      this.known = { list: this.read(), stamp };
      if (isNews) queueMicrotask(() => this.changed.fire());
    }
    return this.known.list;
  }

  /** Reads everything again: file watchers miss what happens on some remote disks. */
  refresh(): void {
    this.forget();
  }

  /** By its id, in capitals or not. */
  find(id: string): Exercise | null {
    return this.list.exercises.find(({ file }) => file.id.toLowerCase() === id.toLowerCase()) ?? null;
  }

  /** Why there is no such exercise, as a sentence. */
  whyNot(id: string): string {
    const broken = this.list.problems.find(({ folder }) => basename(folder).toLowerCase() === id.toLowerCase());
    return broken?.sentence ?? vscode.l10n.t('There is no exercise "{0}". Choose one from the list.', id);
  }

  dispose(): void {
    for (const each of [...this.listeners, ...this.watchers]) each.dispose();
    this.changed.dispose();
  }

  private forget(): void {
    this.known = null;
    this.changed.fire();
  }

  private read(): ExerciseList {
    const readable: string[] = [];
    const problems: ExerciseList['problems'] = [];
    for (const { folder, named } of this.folders()) {
      try {
        readdirSync(folder);
        readable.push(folder);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        // A workspace without exercises of its own is the usual case.
        if (code === 'ENOENT' && !named) continue;
        const where = named ? SETTINGS.exerciseFolders : WORKSPACE_EXERCISES;
        problems.push({
          folder,
          sentence: vscode.l10n.t('{0} ({1}) is no folder that can be read ({2}); correct the name.', folder, where, code ?? ''),
        });
      }
    }
    try {
      const list = listExercises({ builtIn: this.paths.exercises, own: [...new Set(readable)], language: vscode.env.language });
      return { exercises: list.exercises, problems: [...list.problems, ...problems] };
    } catch (error) {
      // The installation itself is damaged.
      problems.push({ folder: this.paths.exercises, sentence: (error as Error).message });
      return { exercises: [], problems };
    }
  }

  /** The exercises that are not ours, and when each was written last. */
  private stamp(): string {
    const parts: string[] = [];
    for (const { folder } of this.folders())
      try {
        for (const name of readdirSync(folder).sort())
          parts.push(folder, name, String(statSync(join(folder, name, 'exercise.json'), { throwIfNoEntry: false })?.mtimeMs));
      } catch {
        // No such folder, or none that can be read: `read` says so.
      }
    return parts.join('\n');
  }

  /** Folders with exercises of a teacher; `named` in the settings. */
  private folders(): { folder: string; named: boolean }[] {
    const workspaces = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
    const own = workspaces.map((folder) => ({ folder: join(folder, WORKSPACE_EXERCISES), named: false }));
    const named = this.settings.exerciseFolders().map((name) => ({ folder: absolute(name.trim(), workspaces[0]), named: true }));
    return [...own, ...named];
  }

  private watch(): void {
    for (const watcher of this.watchers) watcher.dispose();
    const named = this.folders().filter((each) => each.named);
    const patterns = named.map(({ folder }) => new vscode.RelativePattern(vscode.Uri.file(folder), '**'));
    // Of a folder that comes or goes with all that is in it, the editor tells the topmost only.
    const own = [`**/${dirname(WORKSPACE_EXERCISES)}`, `**/${WORKSPACE_EXERCISES}/**`];
    this.watchers = [...own, ...patterns].map((pattern) => {
      const watcher = vscode.workspace.createFileSystemWatcher(pattern);
      // All that belongs to the watcher goes with it.
      for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete]) event(() => this.forget());
      return watcher;
    });
  }
}

function absolute(name: string, workspace: string | undefined): string {
  if (name === '~' || name.startsWith('~/')) return join(homedir(), name.slice(1));
  return isAbsolute(name) || workspace === undefined ? name : join(workspace, name);
}
