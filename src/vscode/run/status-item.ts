import * as vscode from 'vscode';
import { COMMANDS, CONTEXT_KEYS } from '../../contracts/ids';
import type { RunService } from './run-service';

const plural = (count: number, one: string, many: string) => vscode.l10n.t(count === 1 ? one : many, count.toLocaleString('en'));

/** The status bar item of live runs, and the context key that enables Stop. */
export class StatusItem implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('socketscope.run', vscode.StatusBarAlignment.Left, 50);
  private readonly listeners: vscode.Disposable[];

  constructor(private readonly runs: RunService) {
    this.item.name = 'Socketscope';
    this.item.command = COMMANDS.showTimeline;
    this.listeners = [runs.onDidStart(() => this.update()), runs.onDidChange(() => this.update())];
    this.update();
  }

  /** What the item says now; '' while no run is live. */
  get text(): string {
    const live = this.runs.liveRuns;
    if (live.length === 0) return '';
    let open = 0;
    let events = 0;
    for (const { watch } of live) {
      open += watch.openSockets;
      events += watch.store.size;
    }
    const parts = [
      plural(open, '{0} socket open', '{0} sockets open'),
      plural(events, '{0} event', '{0} events'),
      ...(live.some(({ faults }) => faults) ? [vscode.l10n.t('faults on')] : []),
    ];
    return parts.join(', ');
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
    this.item.dispose();
  }

  private update(): void {
    const live = this.runs.liveRuns;
    void vscode.commands.executeCommand('setContext', CONTEXT_KEYS.live, live.length > 0);
    if (live.length === 0) {
      this.item.hide();
      return;
    }
    this.item.text = `$(pulse) ${this.text}`;
    this.item.tooltip = vscode.l10n.t('Socketscope is tracing {0}. Click to see the timeline.', live.map((run) => run.title).join(', '));
    this.item.accessibilityInformation = { label: vscode.l10n.t('Socketscope: {0}. Show the timeline.', this.text) };
    this.item.show();
  }
}
