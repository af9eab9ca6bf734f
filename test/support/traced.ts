/** Runs programs with the probe and hands back their trace. */
import { type SpawnSyncReturns, spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { KNOWLEDGE } from '../../src/cli/knowledge';
import { Collector, type CollectResult } from '../../src/runner/collector';
import { tracedEnvironment } from '../../src/runner/launch';
import { createRunFolder } from '../../src/runner/run-folder';
import { decodeWhole, type TraceStore } from '../../src/trace';
import { root } from './house';
import { gather } from './output';

export const probe: string = join(root, 'dist', 'probe.cjs');
export const knowledge = KNOWLEDGE;

export interface Traced extends Pick<SpawnSyncReturns<string>, 'stdout' | 'stderr'> {
  trace: TraceStore;
  code: number | null;
  signal: NodeJS.Signals | null;
  result: CollectResult;
}

/** Runs `command` with the probe in every Node process of it, and collects after its end. `env` adds to the environment. */
export async function traced(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Traced> {
  const runFolder = createRunFolder();
  try {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...tracedEnvironment({ runFolder, probe, env: { ...process.env, NODE_OPTIONS: '' } }), ...env },
    });
    const output = gather(child);
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (...how) => resolve(how));
    });
    const out = join(runFolder, 'run.socktrace');
    const collector = new Collector({ runFolder, out, knowledge, cwd: root });
    const result = await collector.finish();
    return { trace: decodeWhole(readFileSync(out)).store, code, signal, ...output, result };
  } finally {
    rmSync(runFolder, { recursive: true, force: true });
  }
}
