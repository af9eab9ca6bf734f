import * as vscode from 'vscode';
import type { ExercisePage, ExercisePageState, FromExercisePage, ToExercisePage } from '../../contracts/exercise-page';
import { VIEWS } from '../../contracts/ids';
import { pageHtml } from '../page-html';
import type { ExtensionPaths } from '../paths';

/** What the page is to show. */
export type Shown = { kind: 'exercise'; id: string } | { kind: 'quiz' } | { kind: 'track-end'; track: string };

export interface ExercisePanelOptions {
  paths: ExtensionPaths;
  /** The page of what is to be shown, and the title of its tab. */
  page: (shown: Shown) => Promise<{ page: ExercisePage; title: string }>;
  /** What the learner did on the page; null: it shows no exercise. */
  receive: (message: Exclude<FromExercisePage, { type: 'ready' }>, exercise: string | null) => void;
}

/** The page of exercises: one panel beside the code. Every message is a whole page. */
export class ExercisePanel implements vscode.Disposable, vscode.WebviewPanelSerializer {
  private panel: vscode.WebviewPanel | null = null;
  private shown: Shown | null = null;
  private ready = false;
  /** Pages are made one after the other, so that an older one never comes last. */
  private sending = false;
  private again = false;
  private readonly sent = new vscode.EventEmitter<ExercisePage>();
  /** For tests: a page was posted. */
  readonly onDidSend = this.sent.event;
  private readonly serializer: vscode.Disposable;

  constructor(private readonly options: ExercisePanelOptions) {
    this.serializer = vscode.window.registerWebviewPanelSerializer(VIEWS.exercisePage, this);
  }

  /** The exercise that the page shows; null when it shows none. */
  get exercise(): string | null {
    return this.shown?.kind === 'exercise' ? this.shown.id : null;
  }

  get what(): Shown | null {
    return this.panel === null ? null : this.shown;
  }

  get visible(): boolean {
    return this.panel?.visible === true;
  }

  get active(): boolean {
    return this.panel?.active === true;
  }

  /** Where it stands; null when it is closed. */
  get column(): vscode.ViewColumn | null {
    return this.panel?.viewColumn ?? null;
  }

  dispose(): void {
    this.serializer.dispose();
    this.panel?.dispose();
    this.sent.dispose();
  }

  /** Opens the page, or brings it to the front, at something else. */
  async show(shown: Shown, preserveFocus = false): Promise<void> {
    this.shown = shown;
    if (this.panel !== null) this.panel.reveal(undefined, preserveFocus);
    else {
      const column = vscode.window.visibleTextEditors.length > 0 ? vscode.ViewColumn.Two : vscode.ViewColumn.Active;
      const panel = vscode.window.createWebviewPanel(
        VIEWS.exercisePage,
        vscode.l10n.t('Exercise'),
        { viewColumn: column, preserveFocus },
        {
          enableScripts: true,
          enableFindWidget: true,
          retainContextWhenHidden: true,
          localResourceRoots: [vscode.Uri.file(this.options.paths.webview)],
        },
      );
      this.adopt(panel);
    }
    await this.refresh();
  }

  /** After a reload of the window. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: Partial<ExercisePageState> | undefined): Promise<void> {
    if (typeof state?.exercise !== 'string') {
      panel.dispose();
      return;
    }
    this.shown = { kind: 'exercise', id: state.exercise };
    this.adopt(panel);
  }

  /** Sends what is shown as it is now. */
  async refresh(): Promise<void> {
    if (this.panel === null || this.shown === null) return;
    this.again = true;
    if (this.sending) return;
    this.sending = true;
    try {
      while (this.again) {
        this.again = false;
        const { page, title } = await this.options.page(this.shown);
        if (this.panel === null) return;
        this.panel.title = title;
        if (this.ready) void this.panel.webview.postMessage({ type: 'page', page } satisfies ToExercisePage);
        this.sent.fire(page);
      }
    } finally {
      this.sending = false;
    }
  }

  /** As if the page had sent it. */
  receive(message: FromExercisePage): void {
    if (message.type === 'ready') {
      this.ready = true;
      void this.refresh();
    } else this.options.receive(message, this.exercise);
  }

  private adopt(panel: vscode.WebviewPanel): void {
    const folder = vscode.Uri.file(this.options.paths.webview);
    this.panel?.dispose();
    this.panel = panel;
    this.ready = false;
    panel.iconPath = vscode.Uri.file(this.options.paths.icon);
    panel.webview.options = { enableScripts: true, localResourceRoots: [folder] };
    panel.onDidDispose(() => {
      if (this.panel === panel) this.panel = null;
    });
    panel.webview.onDidReceiveMessage((message: FromExercisePage) => this.receive(message));
    panel.webview.html = pageHtml(panel.webview, folder, { name: 'exercises', title: vscode.l10n.t('Exercise'), translated: true });
  }
}
