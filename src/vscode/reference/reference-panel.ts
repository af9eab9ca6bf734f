import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { COMMANDS, INTERNAL_COMMANDS, VIEWS } from '../../contracts/ids';
import type { OpenCardArgs } from '../../contracts/lsp';
import type { FromReference, ReferenceState, ToReference } from '../../contracts/reference-api';
import { type Card, cardsOf } from '../../knowledge';
import type { Messages } from '../messages';
import { pageHtml } from '../page-html';
import type { ExtensionPaths } from '../paths';
import { stepInFile } from './card-step';

export interface ReferenceOptions {
  paths: ExtensionPaths;
  messages: Messages;
  /** The newest trace of this workspace, null when there is none. */
  lastTrace: () => string | null;
  showStep: (trace: string, step: number) => void;
}

/** The Syscall Reference: one panel with all cards, beside the code. */
export class Reference implements vscode.Disposable, vscode.WebviewPanelSerializer {
  private panel: vscode.WebviewPanel | null = null;
  private cards: Promise<Card[]> | null = null;
  /** What the page shows as soon as it is ready. */
  private wanted: string | null = null;
  private ready = false;
  private readonly registered: vscode.Disposable[];

  constructor(private readonly options: ReferenceOptions) {
    this.registered = [
      vscode.commands.registerCommand(COMMANDS.reference, (id?: unknown) => this.show(typeof id === 'string' ? id : null)),
      vscode.commands.registerCommand(INTERNAL_COMMANDS.openCard, (argument?: unknown) => this.openCard(argument)),
      vscode.window.registerWebviewPanelSerializer(VIEWS.reference, this),
    ];
  }

  dispose(): void {
    this.panel?.dispose();
    for (const each of this.registered) each.dispose();
  }

  /** After a reload of the window. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: Partial<ReferenceState> | undefined): Promise<void> {
    this.adopt(panel, state?.id ?? null);
  }

  /** Opens the panel, or brings it to the front, at a card; null: where it was. */
  show(id: string | null): void {
    if (this.panel) {
      this.panel.reveal();
      if (id === null) return;
      if (this.ready) this.post({ type: 'show', id });
      else this.wanted = id;
      return;
    }
    const column = vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    const panel = vscode.window.createWebviewPanel(VIEWS.reference, vscode.l10n.t('Syscall Reference'), column, {
      enableScripts: true,
      enableFindWidget: true,
      retainContextWhenHidden: true,
      localResourceRoots: [vscode.Uri.file(this.options.paths.webview)],
    });
    this.adopt(panel, id);
  }

  private openCard(argument: unknown): void {
    const { id } = (argument ?? {}) as Partial<OpenCardArgs>;
    if (typeof id === 'string' && /^[\w-]+$/.test(id)) this.show(id);
  }

  private adopt(panel: vscode.WebviewPanel, id: string | null): void {
    const folder = vscode.Uri.file(this.options.paths.webview);
    this.panel = panel;
    this.wanted = id;
    this.ready = false;
    panel.iconPath = vscode.Uri.file(this.options.paths.icon);
    panel.webview.options = { enableScripts: true, localResourceRoots: [folder] };
    panel.onDidDispose(() => {
      if (this.panel === panel) this.panel = null;
    });
    panel.webview.onDidReceiveMessage((message: FromReference) => this.receive(message));
    panel.webview.html = pageHtml(panel.webview, folder, { name: 'reference', title: vscode.l10n.t('Syscall Reference') });
  }

  private async receive(message: FromReference): Promise<void> {
    if (message.type === 'see') return this.see(message.id);
    if (message.type === 'shown') return this.retitle(message.id);
    try {
      const cards = await this.load();
      this.post({
        type: 'open',
        cards: cards.map(({ id, title, kind, body, step }) => ({ id, title, kind, body, showable: step !== null })),
        id: this.wanted,
      });
      this.ready = true;
      this.wanted = null;
    } catch (error) {
      this.options.messages.error(
        vscode.l10n.t('The cards cannot be shown: {0}. Installing Socketscope again should help.', (error as Error).message),
      );
    }
  }

  /** The tab says which card is read. */
  private async retitle(id: string): Promise<void> {
    const card = (await this.load()).find((each) => each.id === id);
    if (card && this.panel) this.panel.title = `${card.title} · Syscall Reference`;
  }

  private load(): Promise<Card[]> {
    const { docs } = this.options.paths;
    this.cards ??= readdir(docs).then(async (names) =>
      cardsOf(
        await Promise.all(
          names.filter((name) => name.endsWith('.md')).map(async (name) => ({ name, text: await readFile(join(docs, name), 'utf8') })),
        ),
      ),
    );
    // Tried again next time.
    this.cards.catch(() => {
      this.cards = null;
    });
    return this.cards;
  }

  /** The step of the last run that the card is about; else the sample is offered, which has most of them. */
  async see(id: string): Promise<void> {
    const card = (await this.load()).find((each) => each.id === id);
    if (!card?.step) return;
    const trace = this.options.lastTrace();
    const step = trace ? await stepInFile(trace, card.step) : null;
    if (trace && step !== null) return this.options.showStep(trace, step);
    const what = card.step.field === 'state' ? vscode.l10n.t('socket in {0}', card.step.value) : card.step.value;
    this.options.messages.info(
      trace
        ? vscode.l10n.t('The last run has no {0}. Run a program that has it, or the sample.', what)
        : vscode.l10n.t('There is no run yet to show it in. Run a program that uses sockets, or the sample.'),
      { [vscode.l10n.t('Run the Sample')]: () => vscode.commands.executeCommand(COMMANDS.runSample) },
    );
  }

  private post(message: ToReference): void {
    void this.panel?.webview.postMessage(message);
  }
}
