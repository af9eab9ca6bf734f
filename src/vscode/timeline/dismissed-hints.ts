import type * as vscode from 'vscode';
import type { HintMemory } from './timeline-view';

const KEY = 'dismissedHints';

/** Hints that the learner has put away, kept for all windows. */
export class DismissedHints implements HintMemory {
  constructor(private readonly memory: vscode.Memento) {}

  dismissed(): readonly string[] {
    return this.memory.get<string[]>(KEY, []);
  }

  dismiss(hint: string): void {
    const known = this.dismissed();
    if (!known.includes(hint)) void this.memory.update(KEY, [...known, hint]);
  }
}
