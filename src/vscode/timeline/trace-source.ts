import { basename } from 'node:path';
import * as vscode from 'vscode';
import { FileTail } from '../file-tail';
import type { TracedRun } from '../run/traced-run';
import { traceBegan } from './trace-check';

/** A trace that a timeline can show: a file that is complete, or one that a live run writes. */
export interface TraceSource {
  /** Equal for equal traces. */
  readonly uri: vscode.Uri;
  readonly title: string;
  /** The run that writes it; null when it is complete. */
  readonly run: TracedRun | null;
  /** When the run began, in ms since 1970; 0 when that is not known. */
  began(): Promise<number>;
  /** Hands the bytes to `take`, one slice at a time, from the start. */
  read(take: (bytes: Uint8Array) => Promise<void> | void): Reading;
}

/** A read that goes on. */
export interface Reading {
  /** Settles when the last byte was taken; rejects when the file cannot be read. */
  done: Promise<void>;
  stop(): void;
}

/** The source of a trace file, live or not. Files that are not on disk (virtual workspaces) are read whole. */
export function traceSource(uri: vscode.Uri, run: TracedRun | null): TraceSource {
  const title = run?.title ?? basename(uri.path);
  if (uri.scheme !== 'file') return { uri, title, run: null, began: async () => 0, read: (take) => readWhole(uri, take) };
  let began: Promise<number> | null = run ? Promise.resolve(run.began) : null;
  return {
    uri,
    title,
    run,
    began: () => {
      began ??= traceBegan(uri.fsPath);
      return began;
    },
    read: (take) => {
      const live = run?.live ?? false;
      const tail = new FileTail(uri.fsPath, live, take);
      if (live) void run?.ended.then(() => tail.end());
      return tail;
    },
  };
}

function readWhole(uri: vscode.Uri, take: (bytes: Uint8Array) => Promise<void> | void): Reading {
  let stopped = false;
  const done = (async () => {
    const bytes = await vscode.workspace.fs.readFile(uri);
    for (let at = 0; at < bytes.length && !stopped; at += 256 * 1024) await take(bytes.slice(at, at + 256 * 1024));
  })();
  done.catch(() => {});
  return {
    done,
    stop: () => {
      stopped = true;
    },
  };
}
