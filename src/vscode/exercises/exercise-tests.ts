import * as vscode from 'vscode';
import type { CheckReport, CheckResult, Evidence, Exercise, Feedback } from '../../contracts/exercises';
import { INTERNAL_COMMANDS } from '../../contracts/ids';
import { tracksOf } from '../../exercises/progress/tracks';
import type { ExerciseService } from './exercise-service';
import { minutesWords, typeWords } from './exercise-words';

const TOP = new vscode.Range(0, 0, 0, 0);

/** VS Code's Testing view: tracks, their exercises, and the checks of each, which are known after the first run (questions before it). */
export class ExerciseTests implements vscode.Disposable {
  readonly controller: vscode.TestController;
  private readonly listeners: vscode.Disposable[];
  /** Reading all exercises takes a moment: nothing is read before somebody looks, or has begun one. */
  private filled = false;

  constructor(private readonly service: ExerciseService) {
    const { t } = vscode.l10n;
    this.controller = vscode.tests.createTestController('socketscope.exercises', t('Socketscope Exercises'));
    this.controller.createRunProfile(t('Check'), vscode.TestRunProfileKind.Run, (request, token) => this.run(request, token), true);
    this.controller.refreshHandler = () => service.library.refresh();
    this.controller.resolveHandler = (item) => {
      if (item === undefined && !this.filled) this.fill();
    };
    this.listeners = [
      this.controller,
      service.library.onDidChange(() => this.filled && this.fill()),
      service.progress.onDidChange(() => this.fill()),
      service.checks.onDidChange((id) => this.fillChecks(id)),
    ];
  }

  dispose(): void {
    for (const each of this.listeners) each.dispose();
  }

  /** The item of an exercise; null when there is none. */
  item(id: string): vscode.TestItem | null {
    for (const [, track] of this.controller.items) {
      const found = track.children.get(id);
      if (found !== undefined) return found;
    }
    return null;
  }

  /** The check that an item of the view stands for. */
  checkOf({ id, parent }: vscode.TestItem): { exercise: Exercise; check: string | null } | null {
    const owner = parent?.parent === undefined ? id : parent.id;
    const exercise = this.service.library.find(owner);
    return exercise === null ? null : { exercise, check: owner === id ? null : id.slice(owner.length + 1) };
  }

  /** Runs what was asked for, one exercise after the other; a check alone means its exercise. */
  async run(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    const run = this.controller.createTestRun(request);
    const wanted = this.wanted(request);
    for (const item of wanted) run.enqueued(item);
    try {
      for (const item of wanted) {
        if (token.isCancellationRequested) break;
        await this.runOne(run, item, token);
      }
    } finally {
      run.end();
    }
  }

  private wanted({ include, exclude }: vscode.TestRunRequest): vscode.TestItem[] {
    const all: vscode.TestItem[] = [];
    const add = (item: vscode.TestItem) => {
      if (!all.includes(item) && !exclude?.includes(item)) all.push(item);
    };
    if (include !== undefined)
      for (const item of include) {
        if (item.parent === undefined) for (const [, child] of item.children) add(child);
        else add(item.parent.parent === undefined ? item : item.parent);
      }
    // "Run all": those that the learner has begun. Nobody wants to fail the others.
    else for (const [, track] of this.controller.items) for (const [, item] of track.children) if (item.uri !== undefined) add(item);
    return all;
  }

  private async runOne(run: vscode.TestRun, item: vscode.TestItem, token: vscode.CancellationToken): Promise<void> {
    const exercise = this.service.library.find(item.id);
    if (exercise === null) return run.errored(item, new vscode.TestMessage(this.service.library.whyNot(item.id)));
    const refusal = await this.service.refusal(exercise);
    if (refusal !== null) return run.errored(item, new vscode.TestMessage(refusal.sentence));
    run.started(item);
    for (const [, child] of item.children) run.started(child);
    const abort = new AbortController();
    const listener = token.onCancellationRequested(() => abort.abort());
    try {
      const report = await this.service.check(exercise, abort.signal);
      if (report === null) return run.skipped(item);
      this.fillChecks(item.id);
      this.tell(run, item, exercise, report);
    } finally {
      listener.dispose();
    }
  }

  private tell(run: vscode.TestRun, item: vscode.TestItem, exercise: Exercise, report: CheckReport): void {
    for (const scenario of report.scenarios) {
      const text = [scenario.title, scenario.stdout.trimEnd(), scenario.stderr.trimEnd(), scenario.ended].filter((part) => part !== '');
      run.appendOutput(`${text.join('\n').replaceAll('\n', '\r\n')}\r\n\r\n`, undefined, item);
    }
    for (const check of report.checks) {
      const child = item.children.get(`${item.id}/${check.id}`);
      if (child === undefined) continue;
      if (check.status === 'passed') run.passed(child);
      else if (check.status === 'skipped') run.skipped(child);
      else run.failed(child, this.message(exercise, report, check));
    }
    if (report.verdict === 'passed') run.passed(item, report.ms);
    else if (report.verdict === 'ungraded') run.errored(item, new vscode.TestMessage(report.problem ?? ''), report.ms);
    else run.failed(item, this.message(exercise, report, report), report.ms);
  }

  /** What broke, the evidence, a question, and the step as a link; at the line that proves it. */
  private message(
    exercise: Exercise,
    report: CheckReport,
    about: Pick<CheckReport, 'feedback' | 'evidence' | 'trouble'> | (CheckResult & { trouble?: null }),
  ): vscode.TestMessage {
    const { t } = vscode.l10n;
    const text = new vscode.MarkdownString();
    text.isTrusted = { enabledCommands: [INTERNAL_COMMANDS.showStep] };
    const reason = 'reason' in about && about.reason !== null ? [about.reason] : [];
    const paragraphs = [...(about.trouble ? [about.trouble] : []), ...reason, ...feedbackLines(about.feedback)];
    // What programs printed may stand in it: text, never markup.
    for (const each of paragraphs.length > 0 ? paragraphs : [t('This check is not passed yet.')])
      text.appendText(each).appendMarkdown('\n\n');
    for (const { scenario, seq } of about.evidence.slice(0, 3)) {
      const trace = report.scenarios.find(({ id }) => id === scenario)?.trace;
      if (!trace) continue;
      const argument = encodeURIComponent(JSON.stringify({ trace, step: seq }));
      text.appendMarkdown(`[${t('Show step {0}', seq)}](command:${INTERNAL_COMMANDS.showStep}?${argument})\n\n`);
    }
    const message = new vscode.TestMessage(text);
    message.location = this.place(exercise, about.evidence);
    message.contextValue = about.evidence.length > 0 ? 'exerciseStep' : undefined;
    return message;
  }

  private place(exercise: Exercise, evidence: readonly Evidence[]): vscode.Location | undefined {
    for (const { site } of evidence) {
      const file = site === null ? null : this.service.learnersFile(site.file);
      if (file === null || this.service.ofFile(file) === null) continue;
      return new vscode.Location(vscode.Uri.file(file), new vscode.Position(Math.max(0, site!.line - 1), Math.max(0, site!.column - 1)));
    }
    const entry = this.service.entryOf(exercise);
    return entry === null ? undefined : new vscode.Location(vscode.Uri.file(entry), new vscode.Position(0, 0));
  }

  /** Reads the list, so that the program of a started exercise has its run button beside it. */
  fill(): void {
    this.filled = true;
    const tracks = tracksOf(this.service.library.list.exercises);
    const items = tracks.map(({ name, exercises }) => {
      const track = this.controller.items.get(name) ?? this.controller.createTestItem(name, name);
      track.children.replace(exercises.map((exercise) => this.exerciseItem(exercise, track)));
      return track;
    });
    this.controller.items.replace(items);
  }

  private exerciseItem(exercise: Exercise, track: vscode.TestItem): vscode.TestItem {
    const { id, title } = exercise.file;
    const entry = this.service.entryOf(exercise);
    const known = track.children.get(id);
    // The place of an item cannot be changed: one that was only just started is another item.
    if (known !== undefined && (known.uri?.fsPath ?? null) === entry) {
      // The editor moves it with the text; a program that was written anew would have its button at the end.
      if (entry !== null) known.range = TOP;
      return known;
    }
    const item = this.controller.createTestItem(id, `${id} ${title}`, entry === null ? undefined : vscode.Uri.file(entry));
    item.description = [typeWords(exercise), minutesWords(exercise)].join(' · ');
    item.sortText = id;
    if (entry !== null) item.range = TOP;
    item.children.replace(this.checkItems(exercise, item));
    return item;
  }

  private fillChecks(id: string): void {
    const exercise = this.service.library.find(id);
    const item = exercise === null ? null : this.item(id);
    if (exercise === null || item === null || this.service.checks.isRunning(id)) return;
    const wanted = this.checkItems(exercise, item);
    const known: string[] = [];
    for (const [child] of item.children) known.push(child);
    if (wanted.map((each) => each.id).join('\n') !== known.join('\n')) item.children.replace(wanted);
  }

  private checkItems(exercise: Exercise, item: vscode.TestItem): vscode.TestItem[] {
    const { report } = this.service.checks.report(exercise, this.service.dirOf(exercise));
    const questions = (exercise.file.predictions ?? []).map(({ id, question }) => ({ id: `prediction-${id}`, title: question }));
    const checks = report !== null && report.checks.length > 0 ? report.checks : questions;
    return checks.map(({ id, title }, index) => {
      const full = `${item.id}/${id}`;
      const child = item.children.get(full) ?? this.controller.createTestItem(full, title, item.uri);
      child.sortText = String(index).padStart(3, '0');
      return child;
    });
  }
}

function feedbackLines(feedback: Feedback | null): string[] {
  return feedback === null ? [] : [feedback.broke, feedback.evidence, feedback.question];
}
