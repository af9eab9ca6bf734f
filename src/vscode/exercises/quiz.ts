import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { QuizView } from '../../contracts/exercise-page';
import type { QuizItem } from '../../contracts/exercises';
import { answered, pickItems, readQuiz } from '../../exercises/progress/quiz';
import { QuizSession } from '../../exercises/progress/quiz-session';
import type { Messages } from '../messages';
import type { ProgressFile } from './progress-file';

/** Questions of one round. */
const ROUND = 5;

export interface QuizOptions {
  /** Folder with the questions. */
  folder: string;
  progress: ProgressFile;
  messages: Messages;
  now: () => Date;
}

/** The quiz: due reviews first, then what was never asked. A round goes on until its score was shown. */
export class Quiz {
  private session: QuizSession | null = null;
  private items: QuizItem[] | null = null;

  constructor(private readonly options: QuizOptions) {}

  /** Begins a new round; false when there are no questions. */
  begin(): boolean {
    const { progress, now } = this.options;
    const picked = pickItems(this.all(), progress.value, now(), ROUND);
    if (picked.length === 0) return false;
    this.session = new QuizSession(picked, (item, option) => this.answered(item, option));
    return true;
  }

  /** null before the first round. */
  view(): QuizView | null {
    return this.session?.view() ?? null;
  }

  answer(option: string | null): void {
    this.session?.answer(option);
  }

  next(): void {
    this.session?.next();
  }

  private answered(item: QuizItem, option: string | null): { right: boolean; again: string | null } {
    const { progress, now } = this.options;
    const result = answered(progress.value, item, option, now());
    progress.update((known) => answered(known, item, option, now()).progress);
    const missed = item.options.find(({ id }) => id === option)?.misconception ?? item.concept;
    return { right: result.right, again: result.right ? null : (progress.value.reviews[missed]?.due ?? null) };
  }

  /** A file that is broken is said once, and the others are asked. */
  private all(): QuizItem[] {
    if (this.items !== null) return this.items;
    const { folder, messages } = this.options;
    this.items = [];
    try {
      for (const name of readdirSync(folder)
        .filter((each) => each.endsWith('.json'))
        .sort()) {
        try {
          this.items.push(...readQuiz(readFileSync(join(folder, name), 'utf8'), name));
        } catch (error) {
          messages.warn(vscode.l10n.t('{0}. Its questions are left out.', (error as Error).message));
        }
      }
    } catch (error) {
      messages.error(vscode.l10n.t('The questions of the quiz cannot be read ({0}). Install Socketscope again.', (error as Error).message));
    }
    return this.items;
  }
}
