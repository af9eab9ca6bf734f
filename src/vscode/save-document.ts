import { setTimeout as pause } from 'node:timers/promises';
import type * as vscode from 'vscode';

const TRIES = 3;
const PAUSE = 250;

/** Saves a document. VS Code says no while it is still busy with the file, so it is asked again a few times, 250 ms apart. False: it is not saved. */
export async function saveDocument(document: Pick<vscode.TextDocument, 'save' | 'isDirty'>): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    if ((await document.save()) || !document.isDirty) return true;
    if (tries === TRIES) return false;
    await pause(PAUSE);
  }
}
