/**
 * Times and verdicts of the exercises: how long a check of the solution takes, and how often each starter, solution and wrong solution got
 * another verdict than it must, in so many repeats (REPEAT, 50), each with a seed of its own, while one core is busy (BUSY=0: it is not).
 * EXERCISES names some, NODE another version of Node, JOBS how many at a time (2).
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { checkExercise } from '../../src/exercises/check';
import { listExercises } from '../../src/exercises/files/load';
import { verifyExercise } from '../../src/exercises/verify';
import { builtIn } from '../support/exercises';
import { cli, nodePath } from '../support/house';

const REPEAT = Number(process.env.REPEAT ?? 50);
const JOBS = Number(process.env.JOBS ?? 2);
const MAJOR = Number(process.env.NODE ?? 24);
/** Checks of the solution alone whose times are printed. */
const TIMED = 5;

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`.padStart(8);

async function main(): Promise<void> {
  const node = (await nodePath(MAJOR)) ?? undefined;
  const named = process.env.EXERCISES?.split(/[ ,]+/);
  const exercises = listExercises({ builtIn }).exercises.filter(({ file }) => named?.includes(file.id) ?? true);
  const busy = process.env.BUSY === '0' ? null : spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
  console.log(`Node ${MAJOR}, ${REPEAT} repeats, ${JOBS} at a time${busy ? ', one core busy' : ''}`);
  console.log('exercise   solution: least, median   all variants once   checks   not as expected');
  const total = { least: 0, once: 0, checks: 0, flaky: 0 };
  try {
    for (const exercise of exercises) {
      const dir = join(exercise.folder, 'solution');
      const times: number[] = [];
      for (let n = 0; n < TIMED; n++) times.push((await checkExercise({ exercise, dir, cli, node })).ms);
      times.sort((a, b) => a - b);
      const began = Date.now();
      const results = await verifyExercise(exercise, { cli, repeat: REPEAT, jobs: JOBS, node, nodeVersion: `${MAJOR}.99.0` });
      const once = (Date.now() - began) / REPEAT;
      let checks = 0;
      const wrong: string[] = [];
      for (const { variant, got, skipped } of results)
        for (const [verdict, count] of got) {
          if (skipped !== null) continue;
          checks += count;
          const expected = variant.expected === null ? verdict !== 'passed' : verdict === variant.expected;
          if (!expected || verdict.startsWith('could not')) {
            total.flaky += count;
            wrong.push(`${variant.kind} ${variant.name}: ${count} x ${verdict}`);
          }
        }
      total.once += once;
      total.checks += checks;
      total.least += times[0]!;
      const solution = `${seconds(times[0]!)} ${seconds(times[Math.floor(TIMED / 2)]!)}`;
      console.log(
        `${exercise.file.id.padEnd(10)} ${solution.padStart(24)} ${seconds(once).padStart(19)} ${String(checks).padStart(8)}   ${wrong.join('; ') || 'none'}`,
      );
    }
  } finally {
    busy?.kill('SIGKILL');
  }
  console.log(
    `in all     ${seconds(total.least).padStart(15)} ${seconds(total.once).padStart(28)} ${String(total.checks).padStart(8)}   ${total.flaky}`,
  );
}

void main();
