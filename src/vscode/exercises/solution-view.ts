import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Exercise } from '../../contracts/exercises';
import { solutionFiles } from '../../exercises/learner/learner-files';
import type { ExerciseLibrary } from './exercise-library';

const SCHEME = 'socketscope-solution';

/** Solutions beside the learner's files, as documents that nobody can change. */
export class SolutionView implements vscode.Disposable, vscode.TextDocumentContentProvider {
  private readonly registered: vscode.Disposable;

  constructor(private readonly library: ExerciseLibrary) {
    this.registered = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  dispose(): void {
    this.registered.dispose();
  }

  /** `socketscope-solution:/B02/server.mjs` */
  async provideTextDocumentContent({ path }: vscode.Uri): Promise<string> {
    const [, id = '', ...name] = path.split('/');
    const exercise = this.library.find(id);
    const file = exercise === null ? undefined : solutionFiles(exercise).find((each) => each.name === name.join('/'));
    return file === undefined ? '' : readFile(file.path, 'utf8');
  }

  /** Each file that the solution changes, beside the learner's. */
  async show(exercise: Exercise, dir: string | null): Promise<void> {
    const { id, entry } = exercise.file;
    const files = solutionFiles(exercise).sort((a, b) => Number(a.name === entry) - Number(b.name === entry));
    for (const { name } of files) {
      const solution = vscode.Uri.from({ scheme: SCHEME, path: `/${id}/${name}` });
      const options = { viewColumn: vscode.ViewColumn.One, preview: false };
      if (dir === null) await vscode.window.showTextDocument(solution, options);
      else {
        const title = vscode.l10n.t('{0}: yours and the solution', name);
        await vscode.commands.executeCommand('vscode.diff', vscode.Uri.file(join(dir, name)), solution, title, options);
      }
    }
  }
}
