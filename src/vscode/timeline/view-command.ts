import * as vscode from 'vscode';
import { COMMANDS } from '../../contracts/ids';
import type { Messages } from '../messages';
import type { RunService } from '../run/run-service';
import type { TimelineActions } from './timeline-view';

/** What the buttons of a timeline do that are commands of the extension. */
export function viewCommand({ runs, messages }: { runs: RunService; messages: Messages }): TimelineActions['command'] {
  return (command, view) => {
    switch (command) {
      case 'stop':
        return void (view.trace.run ?? runs.liveRuns.at(-1))?.stop();
      case 'runAgain': {
        const [program, client] = view.trace.run?.files ?? [];
        if (program) return void runs.start(program, client ?? null);
        return messages.info(
          vscode.l10n.t('Which program made this trace is not known in this window. Open its file and run it from there.'),
        );
      }
      case 'save':
        return void vscode.commands.executeCommand(COMMANDS.saveTrace, view.trace.uri);
      case 'exportJson':
        return void vscode.commands.executeCommand(COMMANDS.exportJson, view.trace.uri);
      case 'exportHtml':
        return void vscode.commands.executeCommand(COMMANDS.exportHtml, view.trace.uri, view.state?.step ?? 0);
      case 'compare':
        return void vscode.commands.executeCommand(COMMANDS.compareRuns, view.trace.uri);
      case 'runSample':
        return void vscode.commands.executeCommand(COMMANDS.runSample);
      default:
        return assertNever(command);
    }
  };
}

function assertNever(value: never): void {
  console.error(`Socketscope: unknown command ${String(value)}`);
}
