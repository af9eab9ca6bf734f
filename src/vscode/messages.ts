import * as vscode from 'vscode';

/** Buttons of a message: label -> what a click does. */
export type Actions = Record<string, () => unknown>;

/** How the extension speaks to the learner: one clear sentence and the next step as a button. Tests put a recorder in its place. */
export interface Messages {
  error(text: string, actions?: Actions): void;
  warn(text: string, actions?: Actions): void;
  info(text: string, actions?: Actions): void;
  /** A question that must be answered before anything goes on; undefined when it was dismissed. */
  ask(text: string, ...answers: string[]): Promise<string | undefined>;
}

/** Messages as VS Code notifications. They are never awaited by the caller: an unanswered one stays open. */
export class NotificationMessages implements Messages {
  error(text: string, actions: Actions = {}): void {
    void perform(vscode.window.showErrorMessage(text, ...Object.keys(actions)), actions);
  }
  warn(text: string, actions: Actions = {}): void {
    void perform(vscode.window.showWarningMessage(text, ...Object.keys(actions)), actions);
  }
  info(text: string, actions: Actions = {}): void {
    void perform(vscode.window.showInformationMessage(text, ...Object.keys(actions)), actions);
  }
  async ask(text: string, ...answers: string[]): Promise<string | undefined> {
    return vscode.window.showWarningMessage(text, { modal: true }, ...answers);
  }
}

async function perform(choice: Thenable<string | undefined>, actions: Actions): Promise<void> {
  const chosen = await choice;
  if (chosen !== undefined) await actions[chosen]?.();
}
