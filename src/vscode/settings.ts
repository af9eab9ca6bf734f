import * as vscode from 'vscode';
import { SETTINGS } from '../contracts/ids';
import type { LanguageSettings } from '../contracts/lsp';
import { RUN_BYTES } from '../contracts/probe-stream';
import type { Capture } from '../runner/launch';

/** The settings of the extension, typed; read at each use, so that a change needs no restart. */
export class Settings {
  /** What of a run is recorded. A setting that somebody wrote by hand may hold anything: what is no value of it counts as its default. */
  capture(scope?: vscode.Uri): Capture {
    const kept = read<string>(SETTINGS.payload, 'first', scope);
    const first = within(read<unknown>(SETTINGS.payloadBytes, 256, scope), 0, 65536, 256);
    const ignore = read<unknown>(SETTINGS.ignorePrograms, [], scope);
    return {
      payload: kept === 'off' ? 0 : kept === 'all' ? 'all' : first,
      callSites: read<unknown>(SETTINGS.callSites, true, scope) !== false,
      maxBytes: within(read<unknown>(SETTINGS.maxBytes, RUN_BYTES, scope), 64 * 1024, Number.MAX_SAFE_INTEGER, RUN_BYTES),
      ignore: Array.isArray(ignore) ? ignore.filter((name) => typeof name === 'string') : [],
    };
  }
  /** Path of the `node` to run programs with; '' when it is to be found. */
  nodePath(): string {
    return read(SETTINGS.nodePath, '').trim();
  }
  /** Faults to put into every run, as a list; '' is none. */
  faults(scope?: vscode.Uri): string {
    const list = read<unknown>(SETTINGS.faults, '', scope);
    return typeof list === 'string' ? list.trim() : '';
  }
  codeLens(): boolean {
    return read(SETTINGS.codeLens, true);
  }
  /** What of the language server may change while it runs; it checks the values itself. */
  language(): LanguageSettings {
    return {
      codeLens: { hide: read(SETTINGS.lensHide, []) },
      diagnostics: { enabled: read(SETTINGS.diagnostics, true), ignoreRules: read(SETTINGS.ignoreRules, []) },
      inlayHints: { enabled: read(SETTINGS.inlayHints, false) },
    };
  }
  axis(): 'steps' | 'time' {
    return read<string>(SETTINGS.axis, 'steps') === 'time' ? 'time' : 'steps';
  }
  openOnRun(): boolean {
    return read(SETTINGS.openOnRun, true);
  }
  /** Folder for the traces of runs; '' for the private storage. */
  traceFolder(): string {
    return read(SETTINGS.traceFolder, '').trim();
  }
  /** How many past runs are kept, at least 1. */
  keepRuns(): number {
    return Math.max(1, read(SETTINGS.keepRuns, 20));
  }
  /** Folder for the learner's exercise files; '' when it was not chosen yet. */
  exerciseFolder(): string {
    const folder = read<unknown>(SETTINGS.exerciseFolder, '');
    return typeof folder === 'string' ? folder.trim() : '';
  }
  /** Folders with exercises of a teacher, as they were written: absolute, relative to the workspace, or from the home (`~`). */
  exerciseFolders(): string[] {
    const folders = read<unknown>(SETTINGS.exerciseFolders, []);
    return Array.isArray(folders) ? folders.filter((folder) => typeof folder === 'string' && folder.trim() !== '') : [];
  }
}

const within = (value: unknown, low: number, high: number, otherwise: number): number =>
  typeof value === 'number' && value >= low && value <= high ? Math.floor(value) : otherwise;

function read<T>(id: string, fallback: T, scope?: vscode.Uri): T {
  return vscode.workspace.getConfiguration(undefined, scope ?? null).get<T>(id, fallback);
}
