import * as vscode from 'vscode';
import type { Progress } from '../../contracts/exercises';
import { newProgress, writeProgress } from '../../exercises/progress/progress';
import type { Messages } from '../messages';
import type { ProgressFile } from './progress-file';

/** Writes the progress where the learner wants it, without the names of folders, which are nobody else's business. */
export async function exportProgress(progress: ProgressFile, messages: Messages): Promise<void> {
  const { t } = vscode.l10n;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const to = await vscode.window.showSaveDialog({
    title: t('Export Progress'),
    defaultUri: folder === undefined ? undefined : vscode.Uri.joinPath(folder, 'socketscope-progress.json'),
    filters: { JSON: ['json'] },
  });
  if (to === undefined) return;
  try {
    await vscode.workspace.fs.writeFile(to, new TextEncoder().encode(writeProgress(withoutFolders(progress.value))));
    messages.info(t('Your progress is in {0}.', to.fsPath), { [t('Show')]: () => vscode.window.showTextDocument(to) });
  } catch (error) {
    messages.error(t('The progress could not be saved as {0}: {1}. Choose another folder.', to.fsPath, (error as Error).message));
  }
}

/** Asks, then forgets what was passed, missed and answered. The learner's files stay. */
export async function resetProgress(progress: ProgressFile, messages: Messages): Promise<boolean> {
  const { t } = vscode.l10n;
  const yes = t('Reset Progress');
  const question = t(
    'Forget which exercises you have passed, your hints, and what is to be repeated? Your files stay. This cannot be undone; Export Progress keeps a copy.',
  );
  if ((await messages.ask(question, yes)) !== yes) return false;
  progress.update(() => newProgress());
  return true;
}

export function withoutFolders(progress: Progress): Progress {
  const exercises = Object.entries(progress.exercises).map(([id, { dir: _, ...known }]) => [id, known]);
  return { ...progress, exercises: Object.fromEntries(exercises) };
}
