import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckReport, Exercise } from '../../src/contracts/exercises';
import { checkExercise } from '../../src/exercises/check';
import { copyOf, ownExercise, submission } from '../support/exercises';
import { alive, HOSTILE } from '../support/hostile-programs';
import { cli, root } from '../support/house';

describe('grading submissions', function () {
  this.timeout(240_000);
  if (process.platform !== 'linux') return;
  let workspace: string;
  let exercise: Exercise;
  before(() => {
    ({ workspace, exercise } = ownExercise('send-back'));
  });
  after(() => rmSync(workspace, { recursive: true }));

  it('grades each apart: a hostile one is a sentence, its neighbours and the grader go on', () => {
    const folder = mkdtempSync(join(tmpdir(), 'socketscope-test-'));
    const good = readFileSync(join(exercise.folder, 'solution', 'server.mjs'), 'utf8');
    const programs = {
      ...Object.fromEntries(Object.entries(HOSTILE).map(([name, { program }]) => [name, program])),
      'a-good-one': good,
      'z-good-one': good,
    };
    for (const [name, text] of Object.entries(programs)) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'server.mjs'), text);
    }
    mkdirSync(join(folder, 'empty'));
    try {
      const args = [cli, 'grade', folder, '--exercise', 'send-back', '--jobs', '2', '--json', '--junit', join(folder, 'out.xml')];
      const graded = spawnSync(process.execPath, args, { cwd: workspace, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
      assert.equal(graded.stderr, '');
      const results = new Map(
        (JSON.parse(graded.stdout) as { name: string; report: CheckReport }[]).map(({ name, report }) => [name, report]),
      );
      for (const name of ['a-good-one', 'z-good-one'])
        assert.equal(results.get(name)!.verdict, 'passed', `${name}: ${results.get(name)!.trouble}`);
      for (const [name, { says }] of Object.entries(HOSTILE)) {
        const report = results.get(name)!;
        assert.equal(report.verdict, 'failed', `${name}: ${report.problem}`);
        assert.match(report.trouble ?? '', says, name);
        assert.equal(report.trouble!.includes('\n'), false);
      }
      assert.equal(results.get('empty')!.verdict, 'ungraded');
      assert.match(results.get('empty')!.problem!, /server\.mjs: there is no such file/);
      assert.equal(graded.status, 2);
      const xml = readFileSync(join(folder, 'out.xml'), 'utf8');
      assert.equal(xml.match(/<testsuite /g)!.length, Object.keys(programs).length + 1);
      assert.match(xml, /<error message="[^"]*server\.mjs: there is no such file/);
      assert.equal(alive('hostile-fork'), false);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('without namespaces, too, leaves no process behind', async () => {
    const dir = submission(HOSTILE['forks-for-ever']!.program);
    const report = await checkExercise({ exercise, dir, cli });
    assert.match(report.trouble ?? '', HOSTILE['forks-for-ever']!.says);
    assert.equal(alive('hostile-fork'), false);
    rmSync(dir, { recursive: true });
  });

  it('stops a program that eats the memory', async () => {
    const dir = submission('const all = []; setInterval(() => all.push(Buffer.alloc(8 * 1024 * 1024, 1)), 5);');
    const report = await checkExercise({ exercise, dir, cli, limits: { memory: 100 * 1024 * 1024 } });
    assert.equal(report.trouble, 'The program was stopped: it used more than 100 MiB of memory.');
    rmSync(dir, { recursive: true });
  });

  it('lets no file grow beyond its limit', async () => {
    // The kernel refuses the write with EFBIG and sends SIGXFSZ, which Node ignores: setrlimit(2).
    const dir = submission(
      `import { openSync, writeSync } from 'node:fs';
      const file = openSync('large', 'w');
      try { for (let n = 0; n < 64; n++) writeSync(file, Buffer.alloc(64 * 1024)); console.log('all of it'); }
      catch (error) { console.log(error.code); }`,
    );
    const report = await checkExercise({ exercise, dir, cli, limits: { file: 1024 * 1024 } });
    assert.equal(report.verdict, 'failed');
    assert.deepEqual(
      report.scenarios.map(({ stdout }) => stdout.trim()),
      report.scenarios.map(() => 'EFBIG'),
    );
    assert.ok(report.scenarios.length > 0);
    rmSync(dir, { recursive: true });
  });

  it('says that a port is taken', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as { port: number };
    const dir = submission(`import net from 'node:net'; net.createServer().listen(${port}, '127.0.0.1');`);
    const report = await checkExercise({ exercise, dir, cli });
    holder.close();
    assert.equal(report.verdict, 'failed');
    assert.match(report.trouble!, /port that the program asks for is taken by another program/);
    rmSync(dir, { recursive: true });
  });

  it('gives the same verdict by command line and by function, in JSON and JUnit, with its exit code', async () => {
    for (const [folder, exit] of [
      ['solution', 0],
      ['wrong/as-text', 1],
    ] as const) {
      const dir = copyOf(exercise, folder);
      const called = await checkExercise({ exercise, dir, cli });
      const run = (...more: string[]) =>
        spawnSync(process.execPath, [cli, 'check', 'send-back', '--dir', dir, ...more], { cwd: workspace, encoding: 'utf8' });
      const json = run('--json');
      const told = JSON.parse(json.stdout) as CheckReport;
      const steady = ({ verdict, points, of, feedback, checks }: CheckReport) => ({
        verdict,
        points,
        of,
        feedback: feedback?.id,
        checks: checks.map(({ id, status }) => `${id} ${status}`),
      });
      assert.deepEqual(steady(told), steady(called));
      assert.equal(json.status, exit);
      const xml = run('--junit');
      assert.equal(xml.stdout.includes('<failure'), exit === 1);
      assert.equal(xml.status, exit);
      rmSync(dir, { recursive: true });
    }
    const gone = spawnSync(process.execPath, [cli, 'check', 'send-back', '--dir', 'no-such-folder'], { cwd: workspace, encoding: 'utf8' });
    assert.equal(gone.status, 2);
    assert.match(gone.stdout, /no-such-folder: there is no such folder/);
  });

  it('stops with everything when it is called off', async () => {
    const dir = submission(
      "import net from 'node:net'; net.createServer().listen(0); process.title = 'hostile-title'; setInterval(() => {}, 1000, 'called-off');",
      'server.mjs',
    );
    const stop = new AbortController();
    const checking = checkExercise({ exercise, dir, cli, signal: stop.signal });
    stop.abort();
    const report = await checking;
    assert.equal(report.verdict, 'ungraded');
    assert.match(report.problem!, /was stopped/);
    assert.equal(alive(dir), false);
    rmSync(dir, { recursive: true });
  });

  it('refuses a folder without submissions in a sentence', () => {
    const grade = (...args: string[]) => spawnSync(process.execPath, [cli, 'grade', ...args], { cwd: workspace, encoding: 'utf8' });
    assert.match(grade('no-such').stderr, /no-such: there is no such folder/);
    assert.match(grade(join(root, 'media', 'docs'), '--exercise', 'send-back').stderr, /has no folders in it/);
    assert.match(grade(root).stderr, /has no folders NAME\/EXERCISE in it/);
    assert.match(grade().stderr, /grade: name the folder/);
  });
});
