import { existsSync, realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import * as vscode from 'vscode';
import type { ExerciseView } from '../../contracts/exercise-page';
import type { Answer, CheckReport, Exercise, ExerciseProgress } from '../../contracts/exercises';
import { readAnswers, writeAnswer } from '../../exercises/answers';
import { entryIn } from '../../exercises/files/entry';
import { languagesOf } from '../../exercises/files/exercise-words';
import { learnersFile } from '../../exercises/learner/evidence-place';
import { exerciseView, forEditor, unanswered } from '../../exercises/learner/exercise-view';
import { KeptChecks } from '../../exercises/learner/kept-checks';
import { missingFiles, putStarter, resetFiles } from '../../exercises/learner/learner-files';
import { checked, maySeeSolution, nextHint, progressOf, restarted, sawSolution, started } from '../../exercises/progress/progress';
import { nextInTrack } from '../../exercises/progress/tracks';
import { UserError } from '../../runner/program';
import type { Actions, Messages } from '../messages';
import type { ExtensionPaths } from '../paths';
import { saveDocument } from '../save-document';
import type { Settings } from '../settings';
import { ExerciseChecks } from './exercise-checks';
import { ExerciseLibrary } from './exercise-library';
import { ProgressFile } from './progress-file';

export interface ExerciseServiceOptions {
  paths: ExtensionPaths;
  settings: Settings;
  messages: Messages;
  /** The private folder for progress and traces; made when it is needed. */
  storage: string;
  /** Whether programs may be run. */
  trusted: () => boolean;
  /** Where exercises go; null when the learner chose nothing. */
  folder: () => Promise<string | null>;
  now?: () => Date;
}

/** What there is to know and to do about exercises, without any view: files, progress, checks. What it cannot do it says, and returns null or false. */
export class ExerciseService implements vscode.Disposable {
  readonly library: ExerciseLibrary;
  readonly progress: ProgressFile;
  readonly checks: ExerciseChecks;
  /** The exercise that commands are about when no file of one is open. */
  private last: string | null = null;
  /** By exercise: the options that were picked at its moments, in this window. */
  private readonly picked = new Map<string, Map<number, number>>();
  private readonly listeners: vscode.Disposable[];
  private readonly now: () => Date;

  constructor(private readonly options: ExerciseServiceOptions) {
    const { paths, settings, messages, storage } = options;
    this.now = options.now ?? (() => new Date());
    this.library = new ExerciseLibrary(paths, settings);
    this.progress = new ProgressFile(join(storage, 'progress.json'), messages);
    this.checks = new ExerciseChecks({ cli: paths.cli, settings, kept: new KeptChecks(join(storage, 'checks')), now: this.now });
    this.listeners = [
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length === 0 || document.uri.scheme !== 'file') return;
        const exercise = this.ofFile(document.uri.fsPath);
        if (exercise !== null) this.checks.markStale(exercise.file.id);
      }),
    ];
  }

  dispose(): void {
    for (const each of [...this.listeners, this.library, this.progress, this.checks]) each.dispose();
  }

  /** The exercise with this id; says why not when there is none. */
  need(id: string): Exercise | null {
    const exercise = this.library.find(id);
    if (exercise === null) this.options.messages.error(this.library.whyNot(id));
    return exercise;
  }

  stateOf({ file }: Exercise): ExerciseProgress {
    return progressOf(this.progress.value, file.id);
  }

  /** The learner's folder; null before the start. It may be gone. */
  dirOf(exercise: Exercise): string | null {
    return this.stateOf(exercise).dir ?? null;
  }

  /** Absolute path of the program in the learner's folder; null when it is not there. */
  entryOf(exercise: Exercise): string | null {
    const dir = this.dirOf(exercise);
    const name = dir === null ? null : entryIn(dir, exercise.file.entry);
    return name === null ? null : join(dir!, name);
  }

  /** The started exercise that a file belongs to. */
  ofFile(path: string): Exercise | null {
    for (const [id, { dir }] of Object.entries(this.progress.value.exercises))
      if (dir !== undefined && (path.startsWith(dir + sep) || path.startsWith(realPath(dir) + sep))) return this.library.find(id);
    return null;
  }

  /** Whether a file belongs to predictions that were not compared with a run yet: until then nothing shows what it does. */
  isOpenPrediction(path: string): boolean {
    const exercise = this.ofFile(path);
    return exercise?.file.type === 'predict' && this.checks.report(exercise, this.dirOf(exercise)).report === null;
  }

  /** The exercise that a command is about: that of the active file, else the one that was used last. */
  current(): Exercise | null {
    const uri = vscode.window.activeTextEditor?.document.uri;
    const here = uri?.scheme === 'file' ? this.ofFile(uri.fsPath) : null;
    if (here !== null) return here;
    const last = this.last ?? newest(this.progress.value.exercises);
    return last === null ? null : this.library.find(last);
  }

  use({ file }: Exercise): void {
    this.last = file.id;
  }

  /** Puts the learner's files in their place, which may have to be asked for. Returns the folder; null when that was not possible (it has been said). */
  async start(exercise: Exercise): Promise<string | null> {
    const { id } = exercise.file;
    const known = this.dirOf(exercise);
    let dir = known !== null && existsSync(known) ? known : null;
    if (dir === null) {
      const root = await this.options.folder();
      if (root === null) return null;
      dir = join(root, id);
    }
    const put = await this.guard(() => putStarter(exercise, dir));
    if (put === null) return null;
    this.use(exercise);
    this.progress.update((progress) => started(progress, id, dir, this.now()));
    return dir;
  }

  /** Saves what is open and changed, and checks. null: refused (it has been said) or stopped. */
  async check(exercise: Exercise, signal?: AbortSignal): Promise<CheckReport | null> {
    const refusal = await this.refusal(exercise);
    if (refusal !== null) {
      this.options.messages.warn(refusal.sentence, refusal.actions);
      return null;
    }
    this.use(exercise);
    const dir = this.dirOf(exercise)!;
    const report = await this.guard(() => this.checks.run(exercise, dir, signal));
    if (report === null) return null;
    this.picked.delete(exercise.file.id);
    this.progress.update((progress) => checked(progress, report, exercise.file, this.now()));
    return report;
  }

  /** Why it cannot be checked now, with what to do; null when it can. Saves changed files. */
  async refusal(exercise: Exercise): Promise<{ sentence: string; actions: Actions } | null> {
    const { id } = exercise.file;
    const { t } = vscode.l10n;
    const dir = this.dirOf(exercise);
    const start = { [t('Start Exercise')]: () => this.start(exercise) };
    if (!this.options.trusted())
      return {
        sentence: t('A check runs programs, and Socketscope does that only in a trusted workspace. Reading the exercise works in any.'),
        actions: { [t('Manage Workspace Trust')]: () => vscode.commands.executeCommand('workbench.trust.manage') },
      };
    if (dir === null) return { sentence: t('{0} has not been started yet. Start it to get its files.', id), actions: start };
    if (!existsSync(dir)) return { sentence: t('The folder {0} is gone. Start {1} again to get its files.', dir, id), actions: start };
    const missing = missingFiles(exercise, dir);
    if (missing.length > 0)
      return {
        sentence: t('{0} is missing in {1}. It can be put back as it was at the start.', missing.join(', '), dir),
        actions: { [t('Put It Back')]: () => this.start(exercise), [t('Reset Exercise...')]: () => this.reset(exercise) },
      };
    for (const document of this.unsaved(id))
      if (!(await saveDocument(document)))
        return { sentence: t('{0} could not be saved. Save it, then check again.', basename(document.uri.fsPath)), actions: {} };
    const open = exercise.file.predictions === undefined ? [] : ((await this.guard(() => unanswered(exercise, readAnswers(dir)))) ?? []);
    if (open.length > 0)
      return {
        sentence:
          open.length === 1
            ? t('One question of {0} has no answer yet. Answer it before the run; "I don\'t know" is an answer, too.', id)
            : t('{0} questions of {1} have no answer yet. Answer them before the run; "I don\'t know" is an answer, too.', open.length, id),
        actions: {},
      };
    return null;
  }

  /** Opens the next hint; false when all are open. */
  hint(exercise: Exercise): boolean {
    const next = nextHint(this.progress.value, exercise.file.id);
    if (next === null) return false;
    this.progress.update((progress) => nextHint(progress, exercise.file.id)?.progress ?? progress);
    return true;
  }

  /** Asks, keeps what was written, and begins anew with closed hints. Returns whether it did. */
  async reset(exercise: Exercise): Promise<boolean> {
    const { t } = vscode.l10n;
    const { id } = exercise.file;
    const yes = t('Reset');
    const dir = this.dirOf(exercise) ?? (await this.start(exercise));
    if (dir === null) return false;
    const question = t('Begin {0} again? Its files become the starting files; what you wrote is kept in a folder beside them.', id);
    if ((await this.options.messages.ask(question, yes)) !== yes) return false;
    await this.checks.forget(id);
    // What was typed and not saved is kept, too.
    for (const document of this.unsaved(id)) await saveDocument(document);
    const kept = await this.guard(() => ({ folder: resetFiles(exercise, dir, this.now()) }));
    if (kept === null) return false;
    this.picked.delete(id);
    this.use(exercise);
    this.progress.update((progress) => restarted(started(progress, id, dir, this.now()), id));
    if (kept.folder !== null) this.options.messages.info(t('{0} begins anew. What you wrote is in "{1}".', id, basename(kept.folder)));
    return true;
  }

  /** Whether the solution may be shown; says what is missing when not. */
  solution(exercise: Exercise): boolean {
    const { id } = exercise.file;
    const known = this.stateOf(exercise);
    if (!maySeeSolution(this.progress.value, id)) {
      const left = exercise.file.hints.length - known.hints;
      const { t } = vscode.l10n;
      this.options.messages.info(
        left === 1
          ? t('The solution of {0} opens when you have passed, or after the last hint, which is still closed.', id)
          : t('The solution of {0} opens when you have passed, or after the last hint; {1} hints are still closed.', id, left),
        { [t('Next Hint')]: () => this.hint(exercise) },
      );
      return false;
    }
    // After passing it is no help any more.
    if (!known.state.startsWith('passed')) this.progress.update((progress) => sawSolution(progress, id));
    return true;
  }

  /** Keeps an answer to a prediction; before the start it starts the exercise. */
  async answer(exercise: Exercise, prediction: string, answer: Answer): Promise<void> {
    if (!exercise.file.predictions?.some(({ id }) => id === prediction)) return;
    const dir = this.dirOf(exercise) ?? (await this.start(exercise));
    if (dir === null) return;
    await this.guard(() => {
      putStarter(exercise, dir);
      writeAnswer(dir, prediction, answer);
    });
    this.checks.markStale(exercise.file.id);
  }

  pickMoment({ file }: Exercise, index: number, option: number): void {
    const picks = this.picked.get(file.id) ?? new Map<number, number>();
    this.picked.set(file.id, picks.set(index, option));
  }

  /** What its page shows. Throws UserError when answers.json cannot be understood. */
  async view(exercise: Exercise): Promise<ExerciseView> {
    const { id } = exercise.file;
    const progress = this.progress.value;
    const dir = this.dirOf(exercise);
    const { report, stale } = this.checks.report(exercise, dir);
    return exerciseView({
      exercise,
      readme: await readme(exercise.folder),
      dir: dir === null ? null : vscode.workspace.asRelativePath(dir, true),
      progress: progressOf(progress, id),
      maySeeSolution: maySeeSolution(progress, id),
      answers: readAnswers(dir ?? join(exercise.folder, 'starter')),
      running: this.checks.isRunning(id) ? vscode.l10n.t('The program runs, and a hidden peer talks to it...') : null,
      report,
      stale,
      picked: this.picked.get(id) ?? new Map(),
      next: nextInTrack(this.library.list.exercises, id, progress),
    });
  }

  /** The file to show for one of a trace: exercises may run a program of which the learner has a copy. */
  learnersFile(file: string): string {
    const exercise = this.library.list.exercises.find(({ folder }) => file.startsWith(folder + sep)) ?? this.ofFile(file);
    const dir = exercise === null ? null : this.dirOf(exercise);
    return exercise === null || dir === null ? file : learnersFile(file, exercise, dir);
  }

  /** Open documents of an exercise with changes that are not on the disk. */
  private unsaved(id: string): vscode.TextDocument[] {
    const changed = vscode.workspace.textDocuments.filter(({ isDirty, uri }) => isDirty && uri.scheme === 'file');
    return changed.filter(({ uri }) => this.ofFile(uri.fsPath)?.file.id === id);
  }

  /** Says a sentence instead of throwing; null then. */
  private async guard<T>(work: () => T | Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException;
      if (!(error instanceof UserError) && code === undefined) throw error;
      this.options.messages.error(/[.!?]$/.test(message) ? message : `${message}.`);
      return null;
    }
  }
}

/** README.md in the language of the editor when there is one. */
async function readme(folder: string): Promise<string> {
  for (const name of [...languagesOf(vscode.env.language).map((language) => `.${language}`), '']) {
    const text = await readFile(join(folder, `README${name}.md`), 'utf8').catch(() => null);
    if (text !== null) return forEditor(text);
  }
  return '';
}

/** The exercise that was started last. */
function newest(exercises: { [id: string]: ExerciseProgress }): string | null {
  const begun = Object.entries(exercises).filter(([, { dir, started: at }]) => dir !== undefined && at !== undefined);
  begun.sort(([, a], [, b]) => Date.parse(b.started!) - Date.parse(a.started!));
  return begun[0]?.[0] ?? null;
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
