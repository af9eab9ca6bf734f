import { statSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { CheckReport, Exercise } from '../../contracts/exercises';
import { checkExercise } from '../../exercises/check';
import type { KeptChecks } from '../../exercises/learner/kept-checks';
import { findNode } from '../run/node-finder';
import type { Settings } from '../settings';

export interface ExerciseChecksOptions {
  /** dist/cli.js, which runs the check in processes of its own. */
  cli: string;
  settings: Settings;
  kept: KeptChecks;
  now: () => Date;
}

/** Checks that go on and the last report of each exercise. */
export class ExerciseChecks implements vscode.Disposable {
  private readonly live = new Map<string, { abort: AbortController; done: Promise<unknown> }>();
  private readonly reports = new Map<string, { report: CheckReport | null; stale: boolean }>();
  private readonly changed = new vscode.EventEmitter<string>();
  /** A check began or ended, or the files changed after it; with the id. */
  readonly onDidChange = this.changed.event;

  constructor(private readonly options: ExerciseChecksOptions) {}

  isRunning(id: string): boolean {
    return this.live.has(id);
  }

  get anyRunning(): boolean {
    return this.live.size > 0;
  }

  /** The last report of this or an earlier window; null when there is none. */
  report(exercise: Exercise, dir: string | null): { report: CheckReport | null; stale: boolean } {
    const { id } = exercise.file;
    let known = this.reports.get(id);
    if (known === undefined) {
      const kept = dir === null ? null : this.options.kept.last(id);
      known = { report: kept?.report ?? null, stale: kept !== null && changedAfter(kept.at, exercise, dir!) };
      this.reports.set(id, known);
    }
    return known;
  }

  /** The files are others than those of the last check. */
  markStale(id: string): void {
    const known = this.reports.get(id);
    if (known === undefined || known.report === null || known.stale) return;
    known.stale = true;
    this.changed.fire(id);
  }

  /**
   * Checks a folder; a check of the same exercise that goes on is stopped first. Returns null when it was stopped. Throws UserError when there is no
   * Node to run programs with, and what the file system says when traces cannot be kept.
   */
  async run(exercise: Exercise, dir: string, signal?: AbortSignal): Promise<CheckReport | null> {
    const { id } = exercise.file;
    await this.stop(id);
    const abort = new AbortController();
    const stop = () => abort.abort();
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    const work = this.check(exercise, dir, abort.signal);
    const entry = { abort, done: work.catch(() => {}) };
    this.live.set(id, entry);
    this.changed.fire(id);
    try {
      return await work;
    } finally {
      signal?.removeEventListener('abort', stop);
      if (this.live.get(id) === entry) this.live.delete(id);
      this.changed.fire(id);
    }
  }

  /** Resolves when no process of it is left. */
  async stop(id: string): Promise<void> {
    for (let running = this.live.get(id); running !== undefined; running = this.live.get(id)) {
      running.abort.abort();
      await running.done;
      // `run` takes it out of the map right after this.
      await null;
      if (this.live.get(id) === running) this.live.delete(id);
    }
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.live.keys()].map((id) => this.stop(id)));
  }

  /** As if it had never been checked. */
  async forget(id: string): Promise<void> {
    await this.stop(id);
    this.options.kept.forget(id);
    this.reports.set(id, { report: null, stale: false });
    this.changed.fire(id);
  }

  dispose(): void {
    void this.stopAll();
    this.changed.dispose();
  }

  private async check(exercise: Exercise, dir: string, signal: AbortSignal): Promise<CheckReport | null> {
    const { cli, settings, kept, now } = this.options;
    const node = await findNode({ setting: settings.nodePath(), path: process.env.PATH ?? '', own: process.execPath });
    const traces = kept.newFolder(exercise.file.id, now());
    // VS Code's own runtime is that of the check itself, which knows how to call it.
    const path = node.source === 'vscode' ? undefined : node.path;
    const report = await checkExercise({ exercise, dir, cli, node: path, traces, signal });
    if (signal.aborted) {
      kept.drop(traces);
      return null;
    }
    kept.keep(traces, report);
    this.reports.set(exercise.file.id, { report, stale: false });
    return report;
  }
}

function changedAfter(at: number, { file }: Exercise, dir: string): boolean {
  return file.files.some((name) => (statSync(join(dir, name), { throwIfNoEntry: false })?.mtimeMs ?? 0) > at);
}
