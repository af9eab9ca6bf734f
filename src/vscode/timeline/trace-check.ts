import { open } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { TraceHeader } from '../../contracts/trace';
import { SocktraceDecoder, TraceFormatError } from '../../trace';

/** Enough for the head of a trace, where it says what it is and of which version. */
const HEAD = 64 * 1024;

/**
 * Looks at the head of a file before it is opened: returns the sentence that says why it is no trace that can be shown here, or null.
 * A trace that is cut off or damaged further on opens up to there; the view says so.
 */
export async function traceProblem(path: string): Promise<string | null> {
  try {
    return (await head(path)) === null ? vscode.l10n.t('{0} is empty: the run that should have written it recorded nothing.', path) : null;
  } catch (error) {
    if (error instanceof TraceFormatError) return error.message;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return vscode.l10n.t('{0} does not exist any more; run the program again or open another trace.', path);
    if (code === 'EISDIR') return vscode.l10n.t('{0} is a folder; choose a .socktrace file in it.', path);
    return vscode.l10n.t('{0} cannot be read ({1}); check its permissions.', path, String(code ?? error));
  }
}

/** When the run of a trace began, in ms since 1970; 0 when the file does not say. */
export async function traceBegan(path: string): Promise<number> {
  try {
    return Date.parse((await head(path))?.began ?? '') || 0;
  } catch {
    return 0;
  }
}

/** Most bytes that a trace keeps of a read or write; null when the file does not say. */
export async function tracePayload(path: string): Promise<number | null> {
  try {
    return (await head(path))?.payload ?? null;
  } catch {
    return null;
  }
}

/** The header as it stands in the first bytes; null when the file is empty. */
async function head(path: string): Promise<TraceHeader | null> {
  const file = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await file.read(new Uint8Array(HEAD), 0, HEAD, 0);
    if (bytesRead === 0) return null;
    const decoder = new SocktraceDecoder();
    decoder.push(buffer.subarray(0, bytesRead));
    return decoder.store.header;
  } finally {
    await file.close();
  }
}
