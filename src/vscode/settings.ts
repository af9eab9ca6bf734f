import * as vscode from 'vscode';
import { SETTINGS } from '../contracts/ids';

/** The settings of the extension, typed; read at each use, so that a change needs no restart. */
export class Settings {
  /** Payload bytes kept per event. */
  payloadBytes(scope?: vscode.Uri): number {
    return read(SETTINGS.payloadBytes, 256, scope);
  }
  /** Path of the `node` to run programs with; '' when it is to be found. */
  nodePath(): string {
    return read(SETTINGS.nodePath, '').trim();
  }
  codeLens(): boolean {
    return read(SETTINGS.codeLens, true);
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
}

function read<T>(id: string, fallback: T, scope?: vscode.Uri): T {
  return vscode.workspace.getConfiguration(undefined, scope ?? null).get<T>(id, fallback);
}
