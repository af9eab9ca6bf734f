import { homedir } from 'node:os';
import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import type { FaultSpec } from '../../contracts/faults';
import { type Capture, LAUNCH_ENV, type LaunchOrder } from '../../runner/launch';
import type { FoundNode } from './node-finder';

/** How a program in a terminal ended; null when the terminal was closed before it could say. */
export interface ProgramEnd {
  code: number | null;
}

/** A program that runs in a real terminal of VS Code. */
export interface RunningProgram {
  readonly program: string;
  /** Pid of the launcher; null when the process could not be started. */
  readonly started: Promise<number | null>;
  readonly ended: Promise<ProgramEnd>;
  show(): void;
  /** Closes the terminal's process, if `stopTree` has not ended it. */
  terminate(): void;
}

export interface ProgramOptions {
  cli: string;
  node: FoundNode;
  runFolder: string;
  capture: Capture;
  faults: FaultSpec | null;
  /** Absolute path. */
  program: string;
  args: readonly string[];
  /** Its place in the run, from 0: the same file may be both server and client. */
  index: number;
}

/** A task that VS Code cannot start may end without a word (a variable that has no value); after this long, in ms, it did. */
const START_MS = 30_000;

/** The `type` of our tasks; VS Code wants one, nobody writes it in a tasks.json. */
const TASK_TYPE = 'socketscope';

/**
 * Runs a program in a terminal. It is a task because VS Code keeps the terminal of a task open after the end, with the exit code in it,
 * and reports that code; a plain terminal closes itself on success.
 */
export function runInTerminal(options: ProgramOptions): RunningProgram {
  const { cli, node, runFolder, program, args } = options;
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(program));
  const cwd = folder?.uri.fsPath ?? dirname(program);
  const order: LaunchOrder = { run: runFolder, ...options.capture, faults: options.faults, cwd, program, args };
  // VS Code refuses to start a terminal of a window without folder anywhere but in the home folder; the launcher changes to `cwd`.
  const empty = vscode.workspace.workspaceFolders === undefined;
  // VS Code prints the command line when a program fails: what is in it is for the learner, the rest is in the environment.
  const execution = new vscode.ProcessExecution(node.path, [cli, 'launch', basename(program)], {
    cwd: empty ? homedir() : cwd,
    env: { ...(node.env as Record<string, string>), [LAUNCH_ENV]: JSON.stringify(order) },
  });
  const task = new vscode.Task(
    // The same program again takes the same terminal again.
    { type: TASK_TYPE, program, index: options.index },
    folder ?? (empty ? vscode.TaskScope.Global : vscode.TaskScope.Workspace),
    basename(program),
    'Socketscope',
    execution,
    [],
  );
  task.presentationOptions = {
    reveal: vscode.TaskRevealKind.Always,
    panel: vscode.TaskPanelKind.Dedicated,
    // The command line of the launcher is ours, not the learner's.
    echo: false,
    focus: false,
    clear: true,
    showReuseMessage: true,
  };
  return new TaskProgram(program, task);
}

class TaskProgram implements RunningProgram {
  readonly started: Promise<number | null>;
  readonly ended: Promise<ProgramEnd>;
  private execution: vscode.TaskExecution | null = null;

  constructor(
    readonly program: string,
    task: vscode.Task,
  ) {
    let setStarted: (pid: number | null) => void;
    let setEnded: (end: ProgramEnd) => void;
    this.started = new Promise((resolve) => {
      setStarted = resolve;
    });
    this.ended = new Promise((resolve) => {
      setEnded = resolve;
    });
    const listeners: vscode.Disposable[] = [];
    const late = setTimeout(() => finish(null), START_MS);
    const finish = (code: number | null) => {
      clearTimeout(late);
      for (const listener of listeners) listener.dispose();
      setStarted(null);
      setEnded({ code });
    };
    // Events may come before executeTask has returned the execution, so definitions are compared.
    const { program: file, index } = task.definition;
    const ours = ({ task: { definition } }: vscode.TaskExecution) =>
      definition.type === TASK_TYPE && definition.program === file && definition.index === index;
    listeners.push(
      vscode.tasks.onDidStartTaskProcess((event) => {
        if (!ours(event.execution)) return;
        clearTimeout(late);
        setStarted(event.processId);
      }),
      vscode.tasks.onDidEndTaskProcess((event) => ours(event.execution) && finish(event.exitCode ?? null)),
      // Without a process (it could not be started) only this one comes; with one it comes after the process event.
      vscode.tasks.onDidEndTask((event) => ours(event.execution) && setTimeout(() => finish(null), 0)),
    );
    vscode.tasks.executeTask(task).then(
      (execution) => {
        this.execution = execution;
      },
      () => finish(null),
    );
  }

  show(): void {
    const name = this.execution?.task.name;
    vscode.window.terminals.find((terminal) => terminal.name.includes(name ?? ''))?.show();
  }

  terminate(): void {
    this.execution?.terminate();
  }
}
