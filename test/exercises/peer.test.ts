import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import type { CheckReport, ExerciseFile } from '../../src/contracts/exercises';
import { checkExercise } from '../../src/exercises/check';
import { ownExercise, submission } from '../support/exercises';
import { cli } from '../support/house';

/** Checks a program against scenarios and checks given as the text of a checks.mjs. */
async function checked(program: string, checks: string, change: Partial<ExerciseFile> = {}, seed = 1): Promise<CheckReport> {
  const { workspace, exercise } = ownExercise('mine', change, { 'checks.mjs': checks });
  const dir = submission(program);
  const report = await checkExercise({ exercise, dir, cli, seed });
  rmSync(workspace, { recursive: true });
  rmSync(dir, { recursive: true });
  assert.equal(report.problem, null);
  return report;
}

const failures = ({ checks }: CheckReport) =>
  checks.filter(({ status }) => status !== 'passed').map(({ id, feedback }) => `${id}: ${feedback?.evidence}`);
const check = (id: string, test: string, kind = 'P') =>
  `{ id: '${id}', title: '${id}', kind: '${kind}', feedback: 'nothing-back', test: ({ run }) => ${test} }`;

describe('the hidden peer', function () {
  this.timeout(120_000);

  it('is a server for a program that is a client, sees its bytes, its end, and how it ended', async () => {
    const program = `import net from 'node:net';
      const c = net.connect(Number(process.argv[2]), '127.0.0.1', () => c.write('hello\\n'));
      c.on('data', (d) => { console.log(String(d).trim()); c.end(); });`;
    const report = await checked(
      program,
      `export default { scenarios: [{ id: 'run', ends: 'itself', async peer(peer) {
        const door = await peer.listen();
        await peer.start({ args: [String(door.port)] });
        const c = await door.accept();
        await c.expectLine('hello', { as: 'line' });
        await c.lockstep('answer\\n', [3, 4]);
        await c.expectEnd({ as: 'end' });
        await c.end();
        await peer.exited({ as: 'exited' });
      } }], checks: [${[check('line', "run.peer.met('line')"), check('end', "run.peer.met('end')"), check('exit', "run.outcome.code === 0 && run.outcome.endedBy === 'itself'", 'O'), check('out', "run.outcome.stdout.startsWith('ans')", 'O'), check('order', "run.trace.before({ call: 'connect' }, { call: 'write' }, 'socket')", 'T'), check('leak', 'run.trace.noLeak()', 'T')].join(', ')}] };`,
    );
    assert.deepEqual(failures(report), []);
    assert.equal(report.trouble, null);
  });

  it('speaks over a Unix-domain socket, in lock-step, too', async () => {
    const program = `import net from 'node:net';
      net.createServer((s) => s.pipe(s)).listen('app.sock');`;
    const report = await checked(
      program,
      `export default { scenarios: [{ id: 'run', async peer(peer) {
        const c = await peer.connect();
        await c.lockstep('abcdef', [1, 2, 3]);
        await c.expect('abcdef', { as: 'echo' });
        await c.end();
        await c.expectEnd({ as: 'echo' });
      } }], checks: [${[check('echo', "run.peer.met('echo')"), check('reads', "run.trace.count({ socket: run.trace.socketOf('c1')?.id, call: 'read', ok: true }, { least: 3 })", 'T')].join(', ')}] };`,
    );
    assert.deepEqual(failures(report), []);
  });

  it('loses, doubles and reorders datagrams by the seed: the same seed, the same fates', async () => {
    const program = `import dgram from 'node:dgram';
      const s = dgram.createSocket('udp4'); const got = [];
      s.on('message', (m) => got.push(String(m))); s.bind(0, '127.0.0.1');
      process.stdin.on('data', () => console.log('got ' + got.join(' ') + '.'));`;
    const checks = `export default { scenarios: [{ id: 'run', async peer(peer) {
        const { port } = await peer.listening();
        const relay = await peer.relay({ to: port, loss: 0.2, duplicate: 0.2, reorder: 0.3 });
        const u = await peer.datagrams();
        for (let n = 0; n < 20; n++) { await u.send(String(n), { port: relay.port }); await peer.hold(2); }
        await peer.hold(200);
        await peer.type('?\\n');
        await peer.printed(/got .*\\./, { as: 'got' });
        peer.keep('fates', { lost: relay.lost, doubled: relay.doubled, reordered: relay.reordered, passed: relay.passed });
      } }], checks: [${[check('got', "run.peer.met('got')"), check('lost', '({ ok: run.peer.kept.fates.lost.length > 0 && run.peer.kept.fates.doubled.length > 0 })'), check('received', "run.trace.count({ call: ['recvmsg', 'recvfrom'], ok: true, and: (e) => e.bytes > 0 }, run.peer.kept.fates.passed + run.peer.kept.fates.doubled.length)", 'T')].join(', ')}] };`;
    const first = await checked(program, checks);
    assert.deepEqual(failures(first), []);
    const again = await checked(program, checks);
    assert.equal(again.scenarios[0]!.stdout, first.scenarios[0]!.stdout);
    assert.notEqual((await checked(program, checks, {}, 2)).scenarios[0]!.stdout, first.scenarios[0]!.stdout);
  });

  it('sees how often a program has tried to listen on a port that is in use', async () => {
    const program = `import net from 'node:net';
      const server = net.createServer((s) => s.end('here'));
      server.on('error', () => setTimeout(listen, 20));
      function listen() { server.listen(Number(process.env.PORT), '127.0.0.1'); }
      listen();`;
    const report = await checked(
      program,
      `export default { scenarios: [{ id: 'run', async peer(peer) {
        const door = await peer.listen();
        await peer.start({ env: { PORT: String(door.port) } });
        await peer.triedToListen(3, { as: 'tries' });
        await door.close();
        const { port } = await peer.listening();
        const c = await peer.connect({ port });
        await c.expect('here', { as: 'served' });
      } }], checks: [${[check('tries', "run.peer.met('tries')"), check('served', "run.peer.met('served')"), check('trace', "run.trace.count({ error: 'EADDRINUSE' }, { least: 3 })", 'T')].join(', ')}] };`,
    );
    assert.deepEqual(failures(report), []);
    const gone = await checked(
      'process.exit(0);',
      `export default { scenarios: [{ id: 'run', async peer(peer) { await peer.start(); await peer.triedToListen(1, { within: 3000, as: 'tries' }); } }],
        checks: [${check('tries', "({ ok: !run.peer.met('tries').ok && run.peer.met('tries').facts.detail === '0 of 1 times' })")}] };`,
    );
    assert.deepEqual(failures(gone), []);
  });

  it('is not waited for any longer when its script has waited for the end in vain', async () => {
    const report = await checked(
      'setInterval(() => {}, 1000);',
      `export default { scenarios: [{ id: 'run', ends: 'itself', limit: 20000, async peer(peer) {
        await peer.start();
        await peer.exited({ within: 100, as: 'exited' });
      } }], checks: [${check('late', "run.outcome.endedBy === 'limit' && !run.peer.met('exited').ok", 'O')}] };`,
    );
    assert.deepEqual(failures(report), []);
    assert.match(report.trouble ?? '', /^The program was stopped: it did not end within \d+\.\d s\.$/);
    // 100 ms on a clock that stops while nobody gets a processor; the limit would be 20 s of it.
    assert.ok(report.ms < 15_000, `${report.ms} ms`);
  });

  it('plays scenarios in processes that are used again, and lets go of what a script has left open', async () => {
    const program = "import net from 'node:net'; net.createServer((s) => s.pipe(s)).listen(0, '127.0.0.1');";
    const scenario = (id: string) => `{ id: '${id}', async peer(peer) {
        const c = await peer.connect();
        await c.lockstep('abc');
        await c.expect('abc', { as: 'echo' });
        peer.keep('pid', process.pid);
      } }`;
    const all = ['run', 'b', 'c', 'd', 'e', 'f'];
    const report = await checked(
      program,
      `export default { scenarios: [${all.map(scenario).join(', ')}], checks: [
        { id: 'echo', title: 'echo', kind: 'P', feedback: 'nothing-back', test: (runs) => Object.values(runs).every((run) => run.peer.met('echo').ok) },
        { id: 'peers', title: 'peers', kind: 'P', feedback: 'nothing-back', test: (runs) => new Set(Object.values(runs).map((run) => run.peer.kept.pid)).size <= 2 } ] };`,
    );
    assert.deepEqual(failures(report), []);
    assert.deepEqual(
      report.scenarios.map(({ id }) => id),
      all,
    );
  });

  it('tells a reset, silence, a refused connection and a blocked event loop', async () => {
    const program = `import net from 'node:net';
      net.createServer((s) => s.on('data', (d) => {
        if (String(d) === 'block') { const until = Date.now() + 400; while (Date.now() < until); }
        if (String(d) === 'reset') s.resetAndDestroy();
      })).listen(0, '127.0.0.1');`;
    const report = await checked(
      program,
      `export default { scenarios: [{ id: 'run', async peer(peer) {
        const a = await peer.connect();
        await a.write('quiet');
        await a.expectSilence(100, { as: 'silence' });
        await a.write('block');
        await a.wasRead({ as: 'read' });
        await a.write('more');
        await a.wasRead({ as: 'read' });
        await a.write('reset');
        await a.expectReset({ as: 'reset' });
        await peer.expectRefused({ port: 1, as: 'refused' });
        const b = await peer.connect();
        await b.expect('nothing comes', { as: 'wrong', within: 100 });
        await b.expect('x', { as: 'later' });
      } }], checks: [${[check('silence', "run.peer.met('silence')"), check('reset', "run.peer.met('reset')"), check('refused', "run.peer.met('refused')"), check('block', '({ ok: run.trace.maxLoopBlock().value >= 300 })', 'T'), check('wrong', "({ ok: !run.peer.met('wrong').ok && run.peer.met('wrong').facts.detail.includes('nothing comes') })"), check('later', "({ ok: run.peer.met('later').facts.detail.startsWith('not reached') })")].join(', ')}] };`,
    );
    assert.deepEqual(failures(report), []);
  });
});
