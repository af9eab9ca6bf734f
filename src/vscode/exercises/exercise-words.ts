import * as vscode from 'vscode';
import type { Exercise, ExerciseProgress } from '../../contracts/exercises';

/** The state in words. */
export function stateWords({ state, attempts, points, of, retry }: ExerciseProgress, now: Date): string {
  const { t } = vscode.l10n;
  if (retry !== undefined && Date.parse(retry) <= now.getTime()) return t('try again without help');
  switch (state) {
    case 'new':
      return t('not started');
    case 'started':
      return attempts > 0 && of > 0 ? t('started, {0} of {1} points', points, of) : t('started');
    case 'passed':
      return t('passed');
    case 'passed-with-help':
      return t('passed with help');
  }
}

/** A picture for the state; never alone, the words stand beside it. */
export function stateIcon({ state }: ExerciseProgress): vscode.ThemeIcon {
  if (state === 'passed') return new vscode.ThemeIcon('pass-filled', new vscode.ThemeColor('testing.iconPassed'));
  if (state === 'passed-with-help') return new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed'));
  return new vscode.ThemeIcon(state === 'started' ? 'circle-large-filled' : 'circle-large-outline');
}

export const minutesWords = ({ file: { minutes } }: Exercise): string => vscode.l10n.t('{0} min', minutes);

export function typeWords({ file: { type } }: Exercise): string {
  const { t } = vscode.l10n;
  switch (type) {
    case 'predict':
      return t('predict');
    case 'fix':
      return t('fix');
    case 'write':
      return t('write');
    case 'lab':
      return t('try out');
  }
}

export const difficultyWords = ({ file: { difficulty } }: Exercise): string => vscode.l10n.t('difficulty {0} of 5', difficulty);
