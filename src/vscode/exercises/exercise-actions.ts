import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import type { ExerciseAction, ExercisePage, FromExercisePage } from '../../contracts/exercise-page';
import type { CheckReport, Evidence, Exercise } from '../../contracts/exercises';
import { COMMANDS, INTERNAL_COMMANDS } from '../../contracts/ids';
import { goOnWith } from '../../exercises/progress/progress';
import { isPassed, nextInTrack, trackEnd } from '../../exercises/progress/tracks';
import type { Messages } from '../messages';
import type { ExtensionPaths } from '../paths';
import { ExercisePanel, type Shown } from './exercise-panel';
import { pickExercise } from './exercise-picker';
import type { ExerciseService } from './exercise-service';
import type { Quiz } from './quiz';
import type { SolutionView } from './solution-view';

export interface ExerciseActionsOptions {
  paths: ExtensionPaths;
  service: ExerciseService;
  quiz: Quiz;
  solutions: SolutionView;
  messages: Messages;
  now: () => Date;
  /** Opens the timeline at a step of a trace; a new one in the column. */
  showStep: (trace: string, step: number, column?: vscode.ViewColumn) => unknown;
}

/** What a learner can do with exercises, from wherever it was asked for: palette, page, view, Testing view. */
export class ExerciseActions implements vscode.Disposable {
  readonly panel: ExercisePanel;
  private readonly started = new vscode.EventEmitter<Exercise>();
  readonly onDidStart = this.started.event;
  private readonly listeners: vscode.Disposable[];

  constructor(private readonly options: ExerciseActionsOptions) {
    const { paths, service } = options;
    this.panel = new ExercisePanel({ paths, page: (shown) => this.page(shown), receive: (message, id) => void this.receive(message, id) });
    const refresh = () => void this.panel.refresh();
    this.listeners = [
      this.panel,
      this.started,
      service.checks.onDidChange(refresh),
      service.progress.onDidChange(refresh),
      service.library.onDidChange(refresh),
    ];
  }

  dispose(): void {
    for (const each of this.listeners) each.dispose();
  }

  /** Starts an exercise, asked for when none is named: its program on the left, its page beside. */
  async start(id: string | null): Promise<void> {
    const { service, now } = this.options;
    if (id === null || service.library.find(id) === null) service.library.refresh();
    const { exercises } = service.library.list;
    const progress = service.progress.value;
    const wanted =
      id ??
      (await pickExercise(
        exercises,
        progress,
        goOnWith(
          progress,
          exercises.map(({ file }) => file),
        ),
        now(),
      ));
    if (wanted === undefined) return;
    const exercise = service.need(wanted);
    if (exercise === null) return;
    if (this.isDue(exercise) && !(await service.reset(exercise))) return this.open(wanted);
    if ((await service.start(exercise)) === null) return;
    await this.showFiles(exercise);
    // Predictions are made on the page, everything else in the program.
    await this.panel.show({ kind: 'exercise', id: exercise.file.id }, exercise.file.type !== 'predict');
    this.started.fire(exercise);
  }

  /** The page alone: reading comes before starting. */
  async open(id: string): Promise<void> {
    const exercise = this.options.service.need(id);
    if (exercise === null) return;
    this.options.service.use(exercise);
    await this.panel.show({ kind: 'exercise', id: exercise.file.id });
  }

  /** Where the learner left off, else the first that was not passed. */
  async goOn(): Promise<void> {
    const { service, messages } = this.options;
    const { exercises } = service.library.list;
    const id = goOnWith(
      service.progress.value,
      exercises.map(({ file }) => file),
    );
    if (id !== null) return this.start(id);
    messages.info(vscode.l10n.t('You have passed every exercise. The quiz keeps what you know awake.'), {
      [vscode.l10n.t('Quiz Me')]: () => this.startQuiz(),
    });
  }

  /** Checks, shows that it goes on, and says how it ended. null: refused or stopped. */
  async check(exercise: Exercise): Promise<CheckReport | null> {
    const { service } = this.options;
    const { id, title } = exercise.file;
    const before = isPassed(service.progress.value, exercise);
    const onPage = this.panel.visible && this.panel.exercise === id;
    const progress = {
      // The page has a stop button of its own.
      location: onPage ? vscode.ProgressLocation.Window : vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Checking {0}, {1}', id, title),
      cancellable: true,
    };
    const report = await vscode.window.withProgress(progress, async (_progress, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => abort.abort());
      return service.check(exercise, abort.signal);
    });
    if (report === null) return null;
    this.tell(exercise, report, !before);
    return report;
  }

  async stop(exercise: Exercise): Promise<void> {
    await this.options.service.checks.stop(exercise.file.id);
  }

  async hint(exercise: Exercise): Promise<void> {
    const { service, messages } = this.options;
    const { id } = exercise.file;
    if (!service.hint(exercise)) messages.info(vscode.l10n.t('All hints of {0} are open. The solution may be shown, too.', id));
    await this.panel.show({ kind: 'exercise', id }, true);
  }

  async reset(exercise: Exercise): Promise<void> {
    if (!(await this.options.service.reset(exercise))) return;
    await this.showFiles(exercise);
    await this.panel.show({ kind: 'exercise', id: exercise.file.id }, true);
  }

  async solution(exercise: Exercise): Promise<void> {
    const { service, solutions } = this.options;
    if (service.solution(exercise)) await solutions.show(exercise, service.dirOf(exercise));
  }

  async startQuiz(): Promise<void> {
    if (this.options.quiz.begin()) await this.panel.show({ kind: 'quiz' });
  }

  /** The step of a piece of evidence, in the timeline, in the column of the page: the code stays in sight. */
  showEvidence(exercise: Exercise, { scenario, seq }: Pick<Evidence, 'scenario' | 'seq'>): void {
    const { service, messages, showStep } = this.options;
    const { report } = service.checks.report(exercise, service.dirOf(exercise));
    const trace = report?.scenarios.find(({ id }) => id === scenario)?.trace ?? null;
    if (trace === null || !existsSync(trace)) {
      messages.info(vscode.l10n.t('The trace of that check is gone. Check {0} again to see its steps.', exercise.file.id), {
        [vscode.l10n.t('Check Exercise')]: () => this.check(exercise),
      });
      return;
    }
    showStep(trace, seq, this.panel.column ?? vscode.ViewColumn.Two);
  }

  /** The program of the exercise, on the left. */
  async showFiles(exercise: Exercise): Promise<void> {
    const { service, messages } = this.options;
    const entry = service.entryOf(exercise);
    if (entry !== null) await vscode.window.showTextDocument(vscode.Uri.file(entry), { viewColumn: vscode.ViewColumn.One, preview: false });
    else
      messages.warn(vscode.l10n.t('{0} is not in its folder. Start {1} to put it back.', exercise.file.entry, exercise.file.id), {
        [vscode.l10n.t('Start Exercise')]: () => this.start(exercise.file.id),
      });
  }

  /** Runs the program as it is, traced, as every other program. */
  private async run(exercise: Exercise): Promise<void> {
    await this.showFiles(exercise);
    const entry = this.options.service.entryOf(exercise);
    if (entry !== null) await vscode.commands.executeCommand(COMMANDS.runAndTrace, vscode.Uri.file(entry));
  }

  private async next(exercise: Exercise): Promise<void> {
    const { service } = this.options;
    const next = nextInTrack(service.library.list.exercises, exercise.file.id, service.progress.value);
    if (next !== null) return this.start(next.file.id);
    const { track } = exercise.file;
    const over = trackEnd(service.library.list.exercises, track, service.progress.value) !== null;
    await this.panel.show(over ? { kind: 'track-end', track } : { kind: 'exercise', id: exercise.file.id });
  }

  /** Solved with help, and its time has come. */
  private isDue(exercise: Exercise): boolean {
    const { retry } = this.options.service.stateOf(exercise);
    return retry !== undefined && Date.parse(retry) <= this.options.now().getTime();
  }

  /** Who does not look at the page is told; the end of a track is told to everybody. */
  private tell(exercise: Exercise, report: CheckReport, first: boolean): void {
    const { service, messages } = this.options;
    const { t } = vscode.l10n;
    const { id, track } = exercise.file;
    const over = report.verdict === 'passed' && first && trackEnd(service.library.list.exercises, track, service.progress.value) !== null;
    if (over) {
      messages.info(t('{0} is passed, and with it the whole track "{1}".', id, track), {
        [t('What You Can Do Now')]: () => this.panel.show({ kind: 'track-end', track }),
      });
      return;
    }
    if (this.panel.visible && this.panel.exercise === id) return;
    const show = { [t('Show Why')]: () => this.open(id) };
    if (report.verdict === 'passed') messages.info(t('{0} is passed: {1} of {2} points.', id, report.points, report.of), show);
    else if (report.verdict === 'ungraded') messages.warn(t('{0} could not be checked: {1}.', id, report.problem ?? ''), show);
    else {
      const [proof] = report.evidence;
      const step = proof === undefined ? {} : { [t('Show the Step')]: () => this.showEvidence(exercise, proof) };
      const says = report.trouble ?? report.feedback?.broke ?? '';
      messages.warn(t('{0} is not passed yet: {1} of {2} points. {3}', id, report.points, report.of, says), { ...show, ...step });
    }
  }

  private async receive(message: Exclude<FromExercisePage, { type: 'ready' }>, id: string | null): Promise<void> {
    const { service, quiz } = this.options;
    const exercise = id === null ? null : service.library.find(id);
    switch (message.type) {
      case 'act':
        return this.act(message.action, exercise);
      case 'answer':
        if (exercise !== null) await service.answer(exercise, message.prediction, message.answer);
        return this.panel.refresh();
      case 'step':
        if (exercise !== null) this.showEvidence(exercise, message);
        return;
      case 'line':
        return showLine(service.learnersFile(message.file), message.line, message.column);
      case 'card':
        await vscode.commands.executeCommand(INTERNAL_COMMANDS.openCard, { id: message.id });
        return;
      case 'moment':
        if (exercise !== null) service.pickMoment(exercise, message.index, message.option);
        return this.panel.refresh();
      case 'quiz-answer':
        quiz.answer(message.option);
        return this.panel.refresh();
      case 'quiz-next':
        quiz.next();
        return this.panel.refresh();
      case 'open':
        return this.open(message.id);
    }
  }

  private async act(action: ExerciseAction, exercise: Exercise | null): Promise<void> {
    if (action === 'list') return this.start(null);
    if (action === 'quiz') return this.startQuiz();
    if (exercise === null) return;
    const { service } = this.options;
    switch (action) {
      case 'start':
        return this.start(exercise.file.id);
      case 'files':
        return this.showFiles(exercise);
      case 'run':
        return this.run(exercise);
      case 'check':
        await this.check(exercise);
        return;
      case 'stop':
        return this.stop(exercise);
      case 'hint':
        return this.hint(exercise);
      case 'reset':
        return this.reset(exercise);
      case 'solution':
        return this.solution(exercise);
      case 'next':
        return this.next(exercise);
      case 'timeline': {
        const { report } = service.checks.report(exercise, service.dirOf(exercise));
        const first = report?.scenarios.find(({ trace }) => trace !== null);
        if (first !== undefined) this.showEvidence(exercise, { scenario: first.id, seq: 1 });
        else await vscode.commands.executeCommand(COMMANDS.showTimeline);
      }
    }
  }

  private async page(shown: Shown): Promise<{ page: ExercisePage; title: string }> {
    const { service, quiz } = this.options;
    const { t } = vscode.l10n;
    switch (shown.kind) {
      case 'quiz': {
        const view = quiz.view();
        return {
          title: t('Quiz'),
          page: view === null ? { kind: 'problem', sentence: t('The quiz is over.') } : { kind: 'quiz', quiz: view },
        };
      }
      case 'track-end': {
        const track = trackEnd(service.library.list.exercises, shown.track, service.progress.value);
        const title = shown.track;
        return {
          title,
          page: track === null ? { kind: 'problem', sentence: t('"{0}" is not finished yet.', title) } : { kind: 'track-end', track },
        };
      }
      case 'exercise': {
        const exercise = service.library.find(shown.id);
        if (exercise === null) return { title: shown.id, page: { kind: 'problem', sentence: service.library.whyNot(shown.id) } };
        const title = `${exercise.file.id} ${exercise.file.title}`;
        try {
          return { title, page: { kind: 'exercise', exercise: await service.view(exercise) } };
        } catch (error) {
          return { title, page: { kind: 'problem', sentence: `${(error as Error).message}.` } };
        }
      }
    }
  }
}

async function showLine(file: string, line: number, column: number): Promise<void> {
  if (!existsSync(file)) return;
  const at = new vscode.Position(Math.max(0, line - 1), Math.max(0, column - 1));
  await vscode.window.showTextDocument(vscode.Uri.file(file), { viewColumn: vscode.ViewColumn.One, selection: new vscode.Range(at, at) });
}
