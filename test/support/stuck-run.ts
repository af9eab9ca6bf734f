/** Runs a program until it says where it is, looks at the trace while it runs, and ends it. */
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Collector } from '../../src/runner/collector';
import { tracedEnvironment } from '../../src/runner/launch';
import { createRunFolder } from '../../src/runner/run-folder';
import { decodeWhole, type TraceStore } from '../../src/trace';
import { root } from './house';
import { gather } from './output';
import { knowledge, probe } from './traced';

const programs = join(root, 'test', 'fixtures', 'stuck');

export interface StuckRun {
  /** The trace as it was while the program still ran, at the moment `reached` said yes. */
  live: TraceStore;
  /** The trace after the program was ended. */
  ended: TraceStore;
}

/**
 * Starts test/fixtures/stuck/NAME; once it has printed `word` and `reached` accepts the trace so far, ends it with SIGTERM.
 * Fails when that has not come about after 15 s.
 */
export async function stuckRun(name: string, word: string, reached: (trace: TraceStore) => boolean): Promise<StuckRun> {
  const runFolder = createRunFolder();
  const env = tracedEnvironment({ runFolder, probe, env: { ...process.env, NODE_OPTIONS: '' } });
  const child = spawn(process.execPath, [join(programs, name)], { stdio: ['ignore', 'pipe', 'pipe'], env, detached: true });
  const output = gather(child);
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  try {
    const out = join(runFolder, 'run.socktrace');
    const collector = new Collector({ runFolder, out, knowledge, cwd: programs });
    const deadline = Date.now() + 15_000;
    let live: TraceStore | null = null;
    while (live === null) {
      if (Date.now() > deadline) throw new Error(`${name}: not reached; it printed ${JSON.stringify(output)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      collector.pump();
      if (!output.stdout.includes(word)) continue;
      const { store } = decodeWhole(readFileSync(out));
      if (reached(store)) live = store;
    }
    // The whole group: a forked child whose loop stands still hears nothing else.
    process.kill(-child.pid!, 'SIGKILL');
    await closed;
    // That they are gone is looked at a few times a second.
    while (collector.running.length > 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      collector.pump();
    }
    await collector.finish();
    return { live, ended: decodeWhole(readFileSync(out)).store };
  } finally {
    try {
      process.kill(-child.pid!, 'SIGKILL');
    } catch {
      // Gone already.
    }
    rmSync(runFolder, { recursive: true, force: true });
  }
}
