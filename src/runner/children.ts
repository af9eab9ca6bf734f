/** The processes that traced ones start: which of them are not in the trace, and why. */
import type { ProbeFact } from '../contracts/probe-stream';

/** So long (ms) a started process may take to leave a record: it may replace itself by Node (`env node x.js`). */
const GRACE = 2000;
const SHELLS = /^(ba|da|z|k|fi|a)?sh$|^(cmd|powershell|pwsh)(\.exe)?$/i;
const NODE = /^(node|nodejs|iojs)(-?\d+)?(\.exe)?$/i;
/** A shell that does nothing but start Node, or a package manager, hides nothing. */
const ONLY_NODE = /^(-c|\/d \/s \/c)? ?"?(exec )?(\S*\/)?(node|npm|npx|yarn|pnpm|tsx|ts-node)\b[^;&|<>`$()]*"?$/;

const NODE_ALONE = /^(-v|--version|-h|--help|-c|--check|--v8-options|--completion-bash|--watch(-path)?)(=| |$)/;

interface Child {
  parent: number;
  fact: ProbeFact;
  since: number;
}

export class Children {
  private readonly waiting = new Map<number, Child>();

  /** A traced process has started another one. */
  started(parent: number, fact: ProbeFact): void {
    // A tool's own helper (the service of esbuild): nobody's program.
    const file = String(fact.file);
    if (/[\\/]node_modules[\\/]/.test(file) && !NODE.test(nameOf(file))) return;
    this.waiting.set(Number(fact.pid), { parent, fact, since: Date.now() });
  }

  /** It has a record: there is nothing to be said. */
  recorded(pid: number): void {
    this.waiting.delete(pid);
  }

  /** What is to be said now, with the process that is to say it. `all`: nothing can come any more. */
  unrecorded(all: boolean): { parent: number; fact: ProbeFact }[] {
    const found: { parent: number; fact: ProbeFact }[] = [];
    for (const [pid, { parent, fact, since }] of this.waiting) {
      if (!all && Date.now() - since < GRACE) continue;
      this.waiting.delete(pid);
      const what = reasonOf(fact);
      if (what !== null) found.push({ parent, fact: { ...fact, what } });
    }
    return found;
  }
}

const nameOf = (path: string): string => path.replace(/^.*[\\/]/, '');

function reasonOf({ file, command, probed }: ProbeFact): string | null {
  const name = nameOf(String(file));
  if (SHELLS.test(name)) return ONLY_NODE.test(String(command)) ? null : 'shell';
  if (!NODE.test(name) && String(file) !== process.execPath) return 'not node';
  // These run no program, or watch one that has a record of its own.
  if (NODE_ALONE.test(String(command))) return null;
  return probed === true ? 'no record' : 'without probe';
}
