import * as vscode from 'vscode';
import { INTERNAL_COMMANDS } from '../../contracts/ids';
import type { FromTimeline, StepMove, TimelineViewState, ToTimeline } from '../../contracts/timeline-api';
import { pageHtml } from '../page-html';
import type { Reading, TraceSource } from './trace-source';

/** Bytes that may be on the way to the view without an ack; more would pile up in a view that is slower than the disk. */
const WINDOW = 4 * 1024 * 1024;

/** What a view asks of the rest of the extension. */
export interface TimelineActions {
  /** The cursor is on a step: follow it in the editor; open the line when `reveal`. */
  step(step: Extract<FromTimeline, { type: 'step' }>, view: TimelineView): void;
  command(command: Extract<FromTimeline, { type: 'command' }>['command'], view: TimelineView): void;
  /** A step of the run that a view compares with. */
  otherStep(step: number, other: vscode.Uri): void;
  /** The view became visible, hidden or closed. */
  changed(view: TimelineView): void;
}

/** Remembers which hints the learner has put away. */
export interface HintMemory {
  dismissed(): readonly string[];
  dismiss(hint: string): void;
}

export interface TimelineViewOptions {
  panel: vscode.WebviewPanel;
  source: TraceSource;
  /** Folder of the timeline's script and styles. */
  folder: vscode.Uri;
  actions: TimelineActions;
  state: TimelineViewState | null;
  /** Hints that the learner has put away. */
  hints: HintMemory;
  /** Whether "run again" makes sense here (a trusted workspace). */
  canRun: () => boolean;
  /** What is wrong with the trace besides what its own decoder says. */
  problem?: (error: unknown) => string;
}

/**
 * One timeline: feeds a webview with the bytes of a trace and keeps its state. Used by the panel and by the custom editor.
 * A view that says `ready` (again, after it was hidden) gets everything from the start.
 */
export class TimelineView implements vscode.Disposable {
  /** The step that the view shows, and how; null until it said so. */
  state: TimelineViewState | null;
  private source: TraceSource;
  private reading: Reading | null = null;
  private complete = false;
  private sent = 0;
  private acked = 0;
  private resume: (() => void) | null = null;
  /** The run that this one is compared with. */
  private other: TraceSource | null = null;
  /** Messages for a view that has no data yet. */
  private waiting: ToTimeline[] = [];
  private isReady = false;
  private disposed = false;
  private readonly listeners: vscode.Disposable[];

  constructor(private readonly options: TimelineViewOptions) {
    const { panel, folder } = options;
    this.source = options.source;
    this.state = options.state;
    this.listeners = [
      panel.webview.onDidReceiveMessage((message: FromTimeline) => this.receive(message)),
      panel.onDidChangeViewState(() => {
        // VS Code ends the page of a hidden view and starts it anew, without a word to us, when it is shown again.
        if (!panel.visible) this.pause();
        options.actions.changed(this);
      }),
    ];
    panel.webview.options = { enableScripts: true, localResourceRoots: [folder] };
    this.load();
  }

  get panel(): vscode.WebviewPanel {
    return this.options.panel;
  }

  get trace(): TraceSource {
    return this.source;
  }

  /** Whether the view has taken in every byte of a complete trace. */
  get loaded(): boolean {
    return this.complete && this.acked === this.sent;
  }

  /** Shows another trace in the same view, from its first step. */
  show(source: TraceSource): void {
    this.source = source;
    this.state = null;
    this.other = null;
    this.load();
  }

  /** Puts the cursor on a step; waits for the view when it is not there yet. */
  goTo(step: number): void {
    this.post({ type: 'goTo', step });
  }

  move(to: StepMove): void {
    this.post({ type: 'move', to });
  }

  /** Shows the steps of a line (1-based) of the program alone. */
  showLine(file: string, line: number): void {
    this.post({ type: 'line', file, line });
  }

  /** Shows another run of the same program beside this one; as soon as this one is there. */
  compareWith(other: TraceSource): void {
    this.other = other;
    if (this.complete) void this.sendOther(other);
  }

  dispose(): void {
    this.disposed = true;
    this.stopReading();
    for (const listener of this.listeners) listener.dispose();
  }

  /** A fresh page: its state is that of the trace which it shows. */
  private load(): void {
    this.pause();
    this.waiting = [];
    this.panel.webview.html = pageHtml(this.panel.webview, this.options.folder, {
      name: 'timeline',
      title: vscode.l10n.t('Socketscope Timeline'),
      images: true,
      // Kept in the webview's state, so that a reload of the window finds it.
      data: { trace: this.source.uri.toString() },
    });
  }

  /** Sends nothing until the page says `ready`. */
  private pause(): void {
    this.stopReading();
    this.complete = false;
    this.isReady = false;
  }

  private post(message: ToTimeline): void {
    if (this.isReady) void this.panel.webview.postMessage(message);
    else this.waiting.push(message);
  }

  private receive(message: FromTimeline): void {
    const { actions } = this.options;
    switch (message.type) {
      case 'ready':
        void this.feed();
        break;
      case 'step':
        // The whole state comes when the view has been still for a while; a view that is hidden before keeps its step.
        this.state = { axis: 'steps', ...this.state, step: message.step };
        actions.step(message, this);
        break;
      case 'state':
        this.state = message.state;
        break;
      case 'command':
        actions.command(message.command, this);
        break;
      case 'ack':
        this.acked = message.bytes;
        this.resume?.();
        break;
      case 'card':
        void vscode.commands.executeCommand(INTERNAL_COMMANDS.openCard, { id: message.card });
        break;
      case 'otherStep':
        if (this.other) actions.otherStep(message.step, this.other.uri);
        break;
      case 'copyLink':
        void vscode.env.clipboard.writeText(stepLink(this.source.uri, message.step));
        break;
      case 'dismiss':
        this.options.hints.dismiss(message.hint);
        break;
      case 'copy':
        void vscode.env.clipboard.writeText(message.text);
        break;
      default:
        assertNever(message);
    }
  }

  private stopReading(): void {
    this.reading?.stop();
    this.reading = null;
    this.resume?.();
  }

  /** Sends the trace from its first byte; resolves when the last one is sent or another feed took over. */
  private async feed(): Promise<void> {
    this.pause();
    this.sent = 0;
    this.acked = 0;
    const { source } = this;
    const live = source.run?.live ?? false;
    const reading = source.read(async (bytes) => {
      if (this.reading !== reading) return;
      const first = this.sent === 0;
      this.sent += bytes.byteLength;
      const exact = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
      if (first) this.begin(live, exact);
      else void this.panel.webview.postMessage({ type: 'append', bytes: exact } satisfies ToTimeline);
      while (this.sent - this.acked > WINDOW && this.reading === reading)
        await new Promise<void>((resolve) => {
          this.resume = resolve;
        });
    });
    this.reading = reading;
    try {
      await reading.done;
      if (this.reading !== reading || this.disposed) return;
      if (this.sent === 0) this.begin(live, new ArrayBuffer(0));
      this.flush();
      this.post({ type: 'ended', stopped: live && (await source.run?.ended)?.stopped });
      this.complete = true;
      if (this.other) await this.sendOther(this.other);
    } catch (error) {
      if (this.reading !== reading || this.disposed) return;
      if (this.sent === 0) this.begin(false, new ArrayBuffer(0));
      this.flush();
      this.post({ type: 'problem', message: this.options.problem?.(error) ?? (error as Error).message });
    }
  }

  private async sendOther(other: TraceSource): Promise<void> {
    try {
      const bytes = await vscode.workspace.fs.readFile(other.uri);
      if (this.other !== other || this.disposed) return;
      const exact = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
      this.post({ type: 'compare', title: other.title, bytes: exact });
    } catch (error) {
      this.post({
        type: 'problem',
        message: vscode.l10n.t('{0} cannot be read ({1}); compare with another run.', other.title, (error as Error).message),
      });
    }
  }

  private begin(live: boolean, bytes: ArrayBuffer): void {
    const { title } = this.source;
    const { hints, canRun } = this.options;
    const open: ToTimeline = { type: 'open', title, live, bytes, state: this.state, canRun: canRun(), dismissed: hints.dismissed() };
    void this.panel.webview.postMessage(open);
    // A step of a complete trace may lie in bytes that are still to be sent; of a live one, nobody knows when it comes.
    if (live) this.flush();
  }

  private flush(): void {
    this.isReady = true;
    for (const message of this.waiting.splice(0)) this.post(message);
  }
}

/** A link to a step of a trace, from the workspace's folder where it lies in it: `traces/echo.socktrace#step=37`. */
export function stepLink(trace: vscode.Uri, step: number): string {
  return `${vscode.workspace.asRelativePath(trace, false)}#step=${step}`;
}

function assertNever(value: never): void {
  console.error(`Socketscope: unknown message ${JSON.stringify(value)}`);
}
