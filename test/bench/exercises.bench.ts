/**
 * Times and verdicts of the exercises: how long a check of the solution takes, and how often each starter, solution, style and wrong solution
 * got another verdict than it must, while one core is busy. All of it takes hours, so it is made in parts: every verdict is appended to
 * test-results/exercises/verdicts.jsonl, each with a seed of its own, and the end says what all parts with the same build amount to.
 * REPEAT: rounds over all variants (50). MINUTES: no exercise is begun after so many. EXERCISES names some, NODE another version of Node,
 * JOBS how many at a time (2), BUSY=0: no core is kept busy, TIMES=0: no times of the solutions. REPEAT=0 only adds up.
 */
import { spawn, spawnSync } from 'node:child_process';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import type { Exercise } from '../../src/contracts/exercises';
import { checkExercise } from '../../src/exercises/check';
import { listExercises } from '../../src/exercises/files/load';
import { verifyExercise } from '../../src/exercises/verify';
import { builtIn } from '../support/exercises';
import { cli, nodePath, results, root, script } from '../support/house';
import { append, nextSeed, read, summary } from '../support/verdict-log';

const REPEAT = Number(process.env.REPEAT ?? 50);
const JOBS = Number(process.env.JOBS ?? 2);
const MAJOR = Number(process.env.NODE ?? 24);
const MINUTES = Number(process.env.MINUTES ?? Number.POSITIVE_INFINITY);
/** Checks of the solution alone whose times are printed. */
const TIMED = process.env.TIMES === '0' ? 0 : 5;
/** What decides a verdict. */
const DECIDES = ['dist/exercise-exam.js', 'dist/exercise-peer.js', 'dist/probe.cjs', 'media/exercises'];

const FILE = join(results, 'exercises', 'verdicts.jsonl');
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
const git = (...args: string[]) => spawnSync('git', args, { cwd: root, encoding: 'utf8' }).stdout?.trim() ?? '';

async function times(exercises: readonly Exercise[], node: string | undefined): Promise<void> {
  for (const exercise of exercises) {
    const all: number[] = [];
    const dir = join(exercise.folder, 'solution');
    for (let n = 0; n < TIMED; n++) all.push((await checkExercise({ exercise, dir, cli, node })).ms);
    all.sort((a, b) => a - b);
    console.log(`${exercise.file.id.padEnd(6)} solution: least ${seconds(all[0]!)}, median ${seconds(all[Math.floor(TIMED / 2)]!)}`);
  }
}

async function main(): Promise<void> {
  const path = await nodePath(MAJOR);
  if (path === null) return;
  const named = process.env.EXERCISES?.split(/[ ,]+/);
  const exercises = listExercises({ builtIn }).exercises.filter(({ file }) => named?.includes(file.id) ?? true);
  const { hashOf } = await script<{ hashOf(paths: string[]): string }>('lib/hash.mjs');
  const build = hashOf(DECIDES).slice(0, 12);
  const commit = git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--untracked-files=no') === '' ? '' : '+');
  const node = spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout.trim().slice(1);
  const busy = process.env.BUSY === '0' || REPEAT === 0 ? null : spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
  const until = Date.now() + MINUTES * 60_000;
  try {
    console.log(`Node ${node}, commit ${commit}, build ${build}, ${JOBS} at a time${busy ? ', one core busy' : ''}`);
    if (TIMED > 0 && REPEAT > 0) await times(exercises, path);
    for (let round = 0; round < REPEAT; round++)
      for (const exercise of exercises) {
        if (Date.now() > until) break;
        const one = exercise.file.id;
        const firstSeed = nextSeed(read(FILE), { build, node, exercise: one });
        await verifyExercise(exercise, {
          ...{ cli, repeat: 1, firstSeed, jobs: JOBS, node: path, nodeVersion: node },
          onVerdict: ({ kind, name, expected }, { seed, got, ok, ms }) =>
            append(FILE, {
              ...{ at: new Date().toISOString(), build, commit, node, exercise: one },
              ...{ variant: kind === name ? kind : `${kind} ${name}`, seed, expected, got, ok, ms },
              ...{ load: loadavg()[0]!, busy: busy !== null },
            }),
        });
      }
  } finally {
    busy?.kill('SIGKILL');
  }
  console.log(`${FILE}: what all parts with this build amount to\n${summary(read(FILE), build)}`);
}

void main();
