import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Frame, Page } from 'playwright-core';
import { freePort } from '../support/free-port';
import { results, root, script } from '../support/house';

/** What the tests use of scripts/lib/vscode-page.mjs; its comments say more. */
export interface VSCodePage {
  openBrowser(): Promise<Browser>;
  openWorkbench(browser: Browser, url: string, size?: { width?: number; height?: number; scale?: number }): Promise<Page>;
  openFile(page: Page, name: string): Promise<void>;
  runCommand(page: Page, title: string): Promise<void>;
  runWithClient(page: Page, client: string): Promise<Frame>;
  timelineFrame(page: Page): Promise<Frame>;
  ended(frame: Frame): Promise<{ step: number; size: number }>;
  stepOf(frame: Frame): Promise<{ step: number; size: number } | null>;
  stepTo(frame: Frame, call: string, line?: string): Promise<string>;
  until<T>(what: string, check: () => Promise<T>, patience?: number): Promise<NonNullable<T>>;
}

export interface UserVSCode {
  url: string;
  stop(): Promise<void>;
}

/** The packaged extension in a VS Code of its own, with a copy of the sample open; `close` leaves nothing behind. */
export class Session {
  static async open(): Promise<Session> {
    rmSync(join(results, 'e2e'), { recursive: true, force: true });
    const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'socketscope-e2e-')));
    const sample = join(scratch, 'echo');
    cpSync(join(root, 'media', 'samples', 'echo'), sample, { recursive: true });
    const { packageExtension } = await script<{ packageExtension(options: { quiet: boolean }): Promise<string> }>('package.mjs');
    const { openUserVSCode } = await script<{ openUserVSCode(options: object): Promise<UserVSCode> }>('lib/user-vscode.mjs');
    const port = String(await freePort());
    const terminals = { 'terminal.integrated.env.linux': { PORT: port }, 'terminal.integrated.env.osx': { PORT: port } };
    // Offline: TypeScript's server would fetch types with npm.
    const offline = { 'typescript.disableAutomaticTypeAcquisition': true };
    const vscode = await openUserVSCode({
      vsix: await packageExtension({ quiet: true }),
      folder: sample,
      home: join(scratch, 'home'),
      settings: { ...terminals, ...offline },
    });
    const ui = await script<VSCodePage>('lib/vscode-page.mjs');
    const browser = await ui.openBrowser();
    const page = await ui.openWorkbench(browser, vscode.url);
    return new Session(scratch, vscode, browser, page, ui);
  }

  private constructor(
    private readonly scratch: string,
    private readonly vscode: UserVSCode,
    private readonly browser: Browser,
    readonly page: Page,
    readonly ui: VSCodePage,
  ) {}

  /** Keeps a picture of the whole window for the person who reads the report. */
  async picture(name: string): Promise<void> {
    mkdirSync(join(results, 'e2e'), { recursive: true });
    await this.page.screenshot({ path: join(results, 'e2e', `${name}.png`) });
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.vscode.stop();
    rmSync(this.scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}
