import { mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { EXERCISE_VERSION, type Progress } from '../../contracts/exercises';
import { writeWhole } from '../../exercises/files/write-whole';
import { stamp } from '../../exercises/learner/learner-files';
import { newProgress, readProgress, writeProgress } from '../../exercises/progress/progress';
import type { Messages } from '../messages';

/** The learner's progress: one file in the private storage. Other windows write it, too, so it is read again whenever it has changed. */
export class ProgressFile implements vscode.Disposable {
  private known: Progress = newProgress();
  /** Of the file that `known` was read from. */
  private seen = '';
  /** The file comes from a newer version: it is never written over, and what happens now is known until the window closes. */
  private foreign = false;
  private saidUnsaved = false;
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;

  constructor(
    readonly path: string,
    private readonly messages: Messages,
  ) {}

  get value(): Progress {
    this.refresh();
    return this.known;
  }

  /** Changes it and keeps it. When it cannot be written it is said once, and what is known stays for this window. */
  update(change: (progress: Progress) => Progress): void {
    this.refresh();
    this.known = change(this.known);
    if (!this.foreign) this.write();
    this.changed.fire();
  }

  dispose(): void {
    this.changed.dispose();
  }

  private write(): void {
    try {
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
      writeWhole(this.path, writeProgress(this.known));
      this.seen = this.look();
    } catch (error) {
      if (this.saidUnsaved) return;
      this.saidUnsaved = true;
      const { code, message } = error as NodeJS.ErrnoException;
      this.messages.warn(
        vscode.l10n.t('Your progress cannot be saved in {0} ({1}). It is kept until this window closes.', this.path, code ?? message),
      );
    }
  }

  private refresh(): void {
    const look = this.look();
    if (look === this.seen || this.foreign) return;
    this.seen = look;
    if (look === '') return;
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      this.messages.warn(
        vscode.l10n.t('Your progress cannot be read from {0} ({1}). Free the file and reload the window.', this.path, code ?? ''),
      );
      this.foreign = true;
      return;
    }
    try {
      this.known = readProgress(text, basename(this.path));
    } catch (error) {
      this.unreadable(text, (error as Error).message);
    }
  }

  /** A broken file is set aside, so that nothing is lost; one of a newer version stays where it is. */
  private unreadable(text: string, why: string): void {
    if (versionOf(text) > EXERCISE_VERSION) {
      this.foreign = true;
      this.messages.warn(vscode.l10n.t('{0}. Until then your progress is not saved.', why));
      return;
    }
    const aside = join(dirname(this.path), `progress set aside ${stamp(new Date())}.json`);
    try {
      renameSync(this.path, aside);
      this.seen = '';
    } catch {
      this.foreign = true;
    }
    this.messages.warn(vscode.l10n.t('Your progress could not be understood and begins anew. The old file is kept as {0}.', aside), {
      [vscode.l10n.t('Show the Old File')]: () => vscode.window.showTextDocument(vscode.Uri.file(aside)),
    });
  }

  private look(): string {
    const stat = statSync(this.path, { throwIfNoEntry: false });
    return stat === undefined ? '' : `${stat.ino} ${stat.mtimeMs} ${stat.size}`;
  }
}

function versionOf(text: string): number {
  try {
    return Number(JSON.parse(text)?.version) || 0;
  } catch {
    return 0;
  }
}
