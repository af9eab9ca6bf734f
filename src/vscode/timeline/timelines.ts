import * as vscode from 'vscode';
import { CONTEXT_KEYS, VIEWS } from '../../contracts/ids';
import type { FromTimeline, StepMove, TimelineViewState } from '../../contracts/timeline-api';
import type { Site } from '../../contracts/trace';
import type { RunService } from '../run/run-service';
import type { TracedRun } from '../run/traced-run';
import type { Settings } from '../settings';
import type { LineHighlight } from './line-highlight';
import { type HintMemory, type TimelineActions, TimelineView } from './timeline-view';
import { type TraceSource, traceSource } from './trace-source';

type Step = Extract<FromTimeline, { type: 'step' }>;

export interface TimelinesOptions {
  /** Folder of the timeline's script and styles. */
  folder: vscode.Uri;
  /** Picture on the tab. */
  icon: vscode.Uri;
  settings: Settings;
  runs: RunService;
  highlight: LineHighlight;
  trusted: () => boolean;
  hints: HintMemory;
  /** What a button in the timeline does that is not about the view itself. */
  command: TimelineActions['command'];
  /** The file that is to be marked for one of a trace: exercises run a program of which the learner has a copy. */
  learnersFile?: (file: string) => string;
}

/** All timelines of the window: the panels of runs, and the custom editors of trace files. */
export class Timelines implements vscode.Disposable, vscode.WebviewPanelSerializer {
  private readonly views = new Set<TimelineView>();
  private readonly panels = new Set<TimelineView>();
  private current: TimelineView | null = null;
  private readonly stepped = new vscode.EventEmitter<{ view: TimelineView; step: number; site: Site | null; label: string }>();
  /** The cursor of a timeline moved, and the line is marked. */
  readonly onDidStep = this.stepped.event;

  constructor(private readonly options: TimelinesOptions) {}

  /** The timeline that commands are about: the active one, else the one that was active last. */
  get active(): TimelineView | null {
    return this.current;
  }

  /** Every timeline, also those behind other tabs. */
  get all(): readonly TimelineView[] {
    return [...this.views];
  }

  /** The panel of a run beside the code; one that shows an ended run is used again. Does not take the focus. */
  showRun(run: TracedRun): TimelineView {
    return this.showTrace(traceSource(vscode.Uri.file(run.trace), run), true);
  }

  /** The panel of a trace file that is kept in the storage. A new panel opens beside, or in the column. */
  showFile(path: string, preserveFocus = false, column?: vscode.ViewColumn): TimelineView {
    const uri = vscode.Uri.file(path);
    const run = this.options.runs.liveRuns.find((each) => each.trace === path) ?? null;
    return this.showTrace(traceSource(uri, run), preserveFocus, column);
  }

  /** Opens a trace (a panel or editor that shows it already is used) and puts the cursor on a step. */
  showStep(path: string, step: number, column?: vscode.ViewColumn): TimelineView {
    const view = this.showFile(path, true, column);
    view.goTo(step);
    return view;
  }

  move(to: StepMove): void {
    this.current?.move(to);
  }

  /** Fills a panel or the tab of a custom editor. */
  adopt(panel: vscode.WebviewPanel, source: TraceSource, state: TimelineViewState | null): TimelineView {
    const { settings, folder, icon, trusted, command, hints } = this.options;
    panel.iconPath = icon;
    const view = new TimelineView({
      panel,
      source,
      folder,
      state: state ?? { step: 0, axis: settings.axis() },
      canRun: trusted,
      hints,
      actions: {
        step: (step, from) => void this.step(step, from),
        command,
        otherStep: (at, other) => void this.showBeside(other, at),
        changed: (changed) => this.changed(changed),
      },
    });
    this.views.add(view);
    panel.onDidDispose(() => {
      view.dispose();
      this.views.delete(view);
      this.panels.delete(view);
      if (this.current === view) {
        this.current = [...this.views].find(({ panel: { visible } }) => visible) ?? null;
        this.options.highlight.clear();
      }
      this.tell();
    });
    this.current ??= view;
    this.changed(view);
    return view;
  }

  /** After a window reload: the panel comes back with its trace and its step. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, saved: unknown): Promise<void> {
    const state = saved as ({ trace?: string } & Partial<TimelineViewState>) | undefined;
    if (!state?.trace) {
      panel.dispose();
      return;
    }
    const uri = vscode.Uri.parse(state.trace);
    const run = this.options.runs.liveRuns.find((each) => each.trace === uri.fsPath) ?? null;
    const view = typeof state.step === 'number' ? { step: state.step, axis: state.axis ?? 'steps', view: state.view } : null;
    this.panels.add(this.adopt(panel, traceSource(uri, run), view));
  }

  /** The panels stay: closing them here would keep a reload of the window from bringing them back. */
  dispose(): void {
    for (const view of this.views) view.dispose();
    this.stepped.dispose();
  }

  private showTrace(source: TraceSource, preserveFocus: boolean, column = vscode.ViewColumn.Beside): TimelineView {
    const same = [...this.views].find((view) => view.trace.uri.toString() === source.uri.toString());
    if (same) {
      same.panel.reveal(undefined, preserveFocus);
      this.current = same;
      return same;
    }
    const free = [...this.panels].find((view) => !view.trace.run?.live);
    if (free) {
      free.panel.title = title(source);
      free.show(source);
      free.panel.reveal(undefined, preserveFocus);
      this.current = free;
      return free;
    }
    const panel = vscode.window.createWebviewPanel(VIEWS.timelinePanel, title(source), { viewColumn: column, preserveFocus }, {});
    const view = this.adopt(panel, source, null);
    this.panels.add(view);
    this.current = view;
    return view;
  }

  /** A trace in a tab beside the one that is compared with it. */
  private async showBeside(uri: vscode.Uri, step: number): Promise<void> {
    const same = [...this.views].find((view) => view.trace.uri.toString() === uri.toString());
    if (same) {
      same.panel.reveal(undefined, true);
      same.goTo(step);
      return;
    }
    const how = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    await vscode.commands.executeCommand('vscode.openWith', uri.with({ fragment: `step=${step}` }), VIEWS.traceEditor, how);
  }

  private async step({ step, site, label, reveal, following }: Step, view: TimelineView): Promise<void> {
    this.current = view;
    const { trace } = view;
    const { learnersFile } = this.options;
    const place = site !== null && learnersFile ? { ...site, file: learnersFile(site.file) } : site;
    await this.options.highlight.show({
      site: place,
      label,
      reveal,
      quiet: following,
      began: await trace.began(),
      avoid: [...this.views].flatMap(({ panel }) => (panel.visible && panel.viewColumn !== undefined ? [panel.viewColumn] : [])),
    });
    this.stepped.fire({ view, step, site: place, label });
  }

  private changed(view: TimelineView): void {
    if (view.panel.active) this.current = view;
    this.tell();
  }

  private tell(): void {
    const open = [...this.views].some(({ panel }) => panel.visible);
    void vscode.commands.executeCommand('setContext', CONTEXT_KEYS.timelineOpen, open);
  }
}

function title({ title: name }: TraceSource): string {
  return `Timeline: ${name}`;
}
