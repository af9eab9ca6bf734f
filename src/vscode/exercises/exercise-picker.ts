import * as vscode from 'vscode';
import type { Exercise, Progress } from '../../contracts/exercises';
import { progressOf } from '../../exercises/progress/progress';
import { tracksOf } from '../../exercises/progress/tracks';
import { difficultyWords, minutesWords, stateIcon, stateWords, typeWords } from './exercise-words';

export type ExerciseItem = vscode.QuickPickItem & { id?: string };

/** The rows of the list: tracks as separators, in their order. */
export function exerciseItems(exercises: readonly Exercise[], progress: Progress, now: Date): ExerciseItem[] {
  return tracksOf(exercises).flatMap(({ name, exercises: all }) => [
    { label: name, kind: vscode.QuickPickItemKind.Separator },
    ...all.map((exercise) => {
      const { id, title } = exercise.file;
      const state = progressOf(progress, id);
      return {
        label: `$(${stateIcon(state).id}) ${id}  ${title}`,
        description: [typeWords(exercise), minutesWords(exercise), difficultyWords(exercise)].join(' · '),
        // Two lines only where there is something to say: more of the list is seen at once.
        ...(state.state === 'new' ? {} : { detail: stateWords(state, now) }),
        id,
      };
    }),
  ]);
}

/** Lets the learner choose one. Returns its id; undefined when none was chosen. `next` is where to go on and has the cursor. */
export async function pickExercise(
  exercises: readonly Exercise[],
  progress: Progress,
  next: string | null,
  now: Date,
): Promise<string | undefined> {
  const picker = vscode.window.createQuickPick<ExerciseItem>();
  picker.title = vscode.l10n.t('Start Exercise');
  picker.placeholder = vscode.l10n.t('Choose an exercise by its number, title or state');
  picker.matchOnDescription = true;
  picker.matchOnDetail = true;
  picker.items = exerciseItems(exercises, progress, now);
  const first = picker.items.find(({ id }) => id !== undefined && id === next);
  if (first) picker.activeItems = [first];
  try {
    return await new Promise((resolve) => {
      picker.onDidAccept(() => resolve(picker.selectedItems[0]?.id));
      picker.onDidHide(() => resolve(undefined));
      picker.show();
    });
  } finally {
    picker.dispose();
  }
}
