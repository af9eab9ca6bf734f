import { type ChildProcess, spawn } from 'node:child_process';
import * as vscode from 'vscode';

/** How long a collector may take to write the rest after the last program has ended, in ms. */
const FINISH_MS = 15_000;

/**
 * The process that turns the streams of a run folder into a live trace file. A process of its own: the extension host does
 * other people's work, too, and a run outlives a host that crashes.
 */
export class Collector {
  private readonly child: ChildProcess;
  private errors = '';
  private finishing = false;
  /** Resolves with null when it ended as asked, else with a sentence that says why it did not. */
  readonly ended: Promise<string | null>;

  constructor(options: { cli: string; runFolder: string; trace: string; maxBytes?: number }) {
    const args = [options.cli, 'collect', options.runFolder, '--out', options.trace, '--until-parent-closes'];
    if (options.maxBytes !== undefined) args.push('--max-bytes', String(options.maxBytes));
    this.child = spawn(process.execPath, args, {
      stdio: ['pipe', 'ignore', 'pipe'],
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' },
    });
    this.child.stderr?.on('data', (chunk) => {
      this.errors = (this.errors + chunk).slice(-2000);
    });
    // It may be gone when its input is closed.
    this.child.stdin?.on('error', () => {});
    this.ended = new Promise((done) => {
      this.child.once('error', (error) => done(vscode.l10n.t('The collector could not be started: {0}.', error.message)));
      this.child.once('close', (code, signal) => {
        if (code === 0) return done(null);
        const said = this.errors.trim().split('\n')[0];
        const how = code ?? signal ?? '';
        done(
          said ||
            (this.finishing
              ? vscode.l10n.t('The collector ended with {0} while it wrote the end of the trace.', how)
              : vscode.l10n.t('The collector ended with {0}.', how)),
        );
      });
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** All programs have ended: the rest is written, then the collector ends. Resolves as `ended` does. */
  async finish(): Promise<string | null> {
    this.finishing = true;
    // The end of its input is the sign on every platform; Windows has no SIGTERM to catch.
    this.child.stdin?.end();
    const timer = setTimeout(() => this.child.kill('SIGKILL'), FINISH_MS);
    try {
      return await this.ended;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends it at once; the trace stays as far as it is written. */
  kill(): void {
    this.child.kill('SIGKILL');
  }
}
