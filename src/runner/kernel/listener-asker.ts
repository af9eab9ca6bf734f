/** Asks `ss` about the listeners through a shell that stays: for a process of Node to start one itself costs more than `ss` does. */
import { type ChildProcess, spawn } from 'node:child_process';
import { askListeners, type Listening, parseListeners } from './ss-listeners';

/** Prints the listeners and a line with a dot, for each line that it reads; ends when nobody can write to it any more. */
const SCRIPT = 'while read -r line; do ss -tlnH; echo .; done';
const END = /^\.$/m;

export class ListenerAsker {
  private shell: ChildProcess | null = null;
  private readonly waiting: ((listeners: Listening[]) => void)[] = [];
  private text = '';

  /** `told` gets what listens now; nothing where there is no `ss`. */
  ask(told: (listeners: Listening[]) => void): void {
    const shell = this.shell ?? this.start();
    if (shell === null) {
      askListeners(told);
      return;
    }
    this.waiting.push(told);
    shell.stdin!.write('\n');
  }

  close(): void {
    const { shell } = this;
    this.shell = null;
    this.waiting.length = 0;
    shell?.kill('SIGKILL');
    for (const stream of [shell?.stdin, shell?.stdout]) stream?.destroy();
  }

  private start(): ChildProcess | null {
    try {
      // A session of its own, as Ctrl+C is for the programs.
      const shell = spawn('sh', ['-c', SCRIPT], { stdio: ['pipe', 'pipe', 'ignore'], detached: true });
      const gone = () => {
        if (this.shell === shell) this.close();
      };
      shell.on('error', gone);
      shell.on('exit', gone);
      shell.stdin.on('error', () => {});
      shell.stdout.setEncoding('latin1').on('data', (text: string) => this.take(text));
      // Nobody is kept alive by it.
      shell.unref();
      for (const stream of [shell.stdin, shell.stdout]) (stream as { unref?(): void }).unref?.();
      this.shell = shell;
      this.text = '';
      return shell;
    } catch {
      return null;
    }
  }

  private take(text: string): void {
    this.text += text;
    for (let end = END.exec(this.text); end !== null; end = END.exec(this.text)) {
      const answer = this.text.slice(0, end.index);
      this.text = this.text.slice(end.index + 2);
      this.waiting.shift()?.(parseListeners(answer));
    }
  }
}
