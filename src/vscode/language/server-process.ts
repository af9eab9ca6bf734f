import { type ChildProcess, fork } from 'node:child_process';
import type { LogOutputChannel } from 'vscode';
import type { MessageTransports } from 'vscode-languageclient/node';

/** How long the server may take to end after it was told to, in ms. */
const PATIENCE = 2000;

/**
 * The process of the language server. Ours, and not the client library's, so that `end` can wait until it is gone: the library
 * still writes to the log when its process ends, which may be after the log was disposed.
 */
export class ServerProcess {
  private child: ChildProcess | null = null;

  constructor(
    private readonly module: string,
    private readonly log: LogOutputChannel,
    /** Folder for Node's compile cache; one that cannot be written is no problem to it. */
    private readonly compiled: string,
  ) {}

  /** Starts the server, at first and again after a crash. */
  async start(): Promise<MessageTransports> {
    const { IPCMessageReader, IPCMessageWriter } = await import('vscode-languageclient/node');
    const env = { ...process.env, NODE_OPTIONS: '', NODE_COMPILE_CACHE: this.compiled };
    const child = fork(this.module, ['--node-ipc'], { silent: true, execArgv: [], env });
    this.child = child;
    const keep = (chunk: Buffer) => this.child === child && this.log.info(String(chunk).trimEnd());
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    // A channel that breaks while a message is written reports it through the reader, too.
    child.on('error', () => {});
    return { reader: new IPCMessageReader(child), writer: new IPCMessageWriter(child) };
  }

  /** Of the process that runs now; null when there is none. */
  get pid(): number | null {
    return this.child?.pid ?? null;
  }

  /** Resolves when the process is gone; one that does not end by itself is killed. */
  async end(): Promise<void> {
    const { child } = this;
    this.child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
      child.once('exit', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
