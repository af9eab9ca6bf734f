import assert from 'node:assert/strict';
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { COMMANDS } from '../../src/contracts/ids';
import type { TraceReader } from '../../src/contracts/trace-model';
import type { Parts } from '../../src/extension';
import { decodeWhole, TraceStore } from '../../src/trace';
import { candidates } from '../../src/vscode/run/client-picker';
import { outcomeMessage } from '../../src/vscode/run/outcome';
import { freePort } from '../support/free-port';
import { closeEverything, echoSample, isRunning, next, parts, until, workspaceFile, workspaceFolder } from './support';

/** The states that sockets of a trace entered, in order. */
function states(store: TraceReader): string[] {
  const found: string[] = [];
  for (let seq = 1; seq <= store.size; seq++) {
    const to = store.stateTo(seq);
    if (to) found.push(to);
  }
  return found;
}

const read = (path: string) => decodeWhole(readFileSync(path));

describe('host: a run', () => {
  let runs: Parts['runs'];
  let all: Parts;

  before(async () => {
    all = await parts();
    runs = all.runs;
  });
  afterEach(async () => {
    await runs.stopAll();
    for (const terminal of vscode.window.terminals) terminal.dispose();
    await closeEverything();
  });

  it('of server and client leaves a trace with the states of both ends', async () => {
    const { server, client } = await echoSample('echo');
    const run = await runs.start(server, client);
    assert.ok(run);
    assert.deepEqual(runs.liveRuns, [run]);
    const outcome = await run.ended;
    assert.deepEqual(
      outcome.programs.map(({ code }) => code),
      [0, 0],
    );
    assert.equal(outcome.problem, null);
    assert.deepEqual(runs.liveRuns, []);
    const { store, status } = read(run.trace);
    assert.deepEqual(status, { complete: true, problem: null });
    const seen = states(store);
    assert.ok(seen.includes('LISTEN'), seen.join());
    assert.equal(seen.filter((state) => state === 'ESTABLISHED').length, 2, 'both ends of the connection');
    assert.equal(store.processes.length, 2);
    assert.equal(store.header.cwd, realpathSync.native(workspaceFolder()), 'programs run in the folder of the workspace');
    assert.ok(
      store.processes.every(({ exit }) => exit?.code === 0),
      'both exits are known',
    );
    assert.equal(outcomeMessage(outcome, store), null, 'nothing to say');
    assert.equal(existsSync(run.runFolder), false, 'the streams are gone');
    if (process.platform !== 'win32')
      assert.equal(statSync(dirname(dirname(run.trace))).mode & 0o777, 0o700, 'nobody else reads the traces');
  });

  it('opens its timeline beside the code, without the focus', async () => {
    const { server, client } = await echoSample('echo-beside');
    const code = await vscode.window.showTextDocument(vscode.Uri.file(server));
    const run = await runs.start(server, client);
    const view = all.timelines.active;
    assert.ok(view && run);
    assert.equal(view.trace.uri.fsPath, run.trace);
    assert.equal(vscode.window.activeTextEditor?.document, code.document);
    await until('the timeline beside the code', () => view.panel.viewColumn === vscode.ViewColumn.Two);
    await run.ended;
  });

  it('starts with the command on a file, saved before', async () => {
    const port = await freePort();
    const path = workspaceFile('saved.mjs', '// empty\n');
    const editor = await vscode.window.showTextDocument(vscode.Uri.file(path));
    const source = `import net from 'node:net';\nnet.createServer().listen(${port}, '127.0.0.1', function () { this.close(); });\n`;
    await editor.edit((edit) => edit.replace(new vscode.Range(0, 0, 1, 0), source));
    assert.equal(editor.document.isDirty, true);
    const started = next(runs.onDidStart);
    await vscode.commands.executeCommand(COMMANDS.runAndTrace);
    const run = await started;
    assert.equal(editor.document.isDirty, false);
    await run.ended;
    assert.ok(states(read(run.trace).store).includes('LISTEN'));
  });

  it('shows sockets and events in the status bar while it is live', async () => {
    const run = await runs.start(workspaceFile('waits.mjs', `import net from 'node:net';\nnet.createServer().listen(0, '127.0.0.1');\n`));
    assert.equal(await run?.watch.listening, true);
    await until('the status bar', () => /^1 socket open, \d+ events$/.test(all.status.text));
    await runs.stopAll();
    assert.equal(all.status.text, '');
  });

  it('is stopped with every process that it started', async () => {
    const child = workspaceFile(
      'child.mjs',
      `setInterval(() => {}, 1000); process.on('SIGTERM', () => {}); process.on('SIGHUP', () => {});\n`,
    );
    const pidFile = workspaceFile('forever.pids', '');
    const program = workspaceFile(
      'forever.mjs',
      `import net from 'node:net';\nimport { spawn } from 'node:child_process';\nimport { writeFileSync } from 'node:fs';\n` +
        `const child = spawn(process.execPath, [${JSON.stringify(child)}], { stdio: 'inherit', detached: true });\n` +
        `net.createServer().listen(0, '127.0.0.1');\nwriteFileSync(${JSON.stringify(pidFile)}, process.pid + ' ' + child.pid);\n` +
        `for (;;);\n`,
    );
    const run = await runs.start(program);
    assert.ok(run);
    const pids = await until('the pids of both', () => {
      const text = readFileSync(pidFile, 'utf8');
      return text ? text.split(' ').map(Number) : null;
    });
    assert.equal(pids.length, 2);
    assert.ok(pids.every(isRunning));
    await vscode.commands.executeCommand(COMMANDS.stop);
    assert.deepEqual(pids.filter(isRunning), [], 'no orphan');
    const outcome = await run.ended;
    assert.equal(outcome.stopped, true);
    const { processes } = read(run.trace).store;
    assert.ok(processes.length > 0);
    assert.ok(
      processes.every(({ exit }) => exit !== null),
      'the trace tells how they ended',
    );
    assert.ok(
      vscode.window.terminals.some(({ name }) => name.includes('forever.mjs')),
      'the terminal stays, with its output',
    );
    assert.equal(outcomeMessage(outcome, run.watch.store), null, 'a stop is no failure');
  });

  it('ends when its terminal is closed, with what outlived it', async () => {
    const run = await runs.start(
      workspaceFile(
        'closed.mjs',
        `import net from 'node:net';\nnet.createServer().listen(0, '127.0.0.1');\nprocess.on('SIGHUP', () => {});\n`,
      ),
    );
    assert.ok(run);
    await run.watch.listening;
    const [pid] = run.watch.store.processes.map((process) => process.pid);
    vscode.window.terminals.find(({ name }) => name.includes('closed.mjs'))?.dispose();
    await run.ended;
    assert.equal(isRunning(pid!), false);
  });

  it('takes what is typed into its terminal', async () => {
    const program = workspaceFile(
      'typed.mjs',
      `import net from 'node:net';\nprocess.stdin.once('data', (line) => {\n  const server = net.createServer().listen(0, '127.0.0.1', () => server.close());\n  process.exitCode = String(line).trim() === 'hello' ? 7 : 1;\n  process.stdin.destroy();\n});\n`,
    );
    const run = await runs.start(program);
    assert.ok(run);
    const terminal = await until('its terminal', () => vscode.window.terminals.find(({ name }) => name.includes('typed.mjs')));
    await until('the program', () => run.watch.store.processes.length === 1);
    terminal.sendText('hello');
    const outcome = await run.ended;
    assert.equal(outcome.programs[0]?.code, 7);
    assert.match(outcomeMessage(outcome, run.watch.store)?.text ?? '', /typed\.mjs ended with exit code 7/);
  });

  it('in a traced terminal takes in every node that is started there', async () => {
    const started = next(runs.onDidStart);
    await vscode.commands.executeCommand(COMMANDS.newTracedTerminal);
    const run = await started;
    const path = workspaceFile(
      'joined.mjs',
      `import net from 'node:net';\nconst s = net.createServer().listen(0, '127.0.0.1', () => s.close());\n`,
    );
    const terminal = await until('the terminal', () => vscode.window.terminals.find(({ name }) => name === 'Traced Terminal'));
    terminal.sendText(`node "${path}"; node "${path}"`);
    await until('two programs in the run', () => run.watch.store.processes.filter(({ exit }) => exit).length === 2);
    assert.equal(run.live, true, 'the terminal is still there');
    terminal.dispose();
    await run.ended;
    assert.equal(states(read(run.trace).store).filter((state) => state === 'LISTEN').length, 2);
  });

  it('says which port is in use', async () => {
    const port = await freePort();
    const listen = `import net from 'node:net';\nnet.createServer().listen(${port}, '127.0.0.1');\n`;
    const first = await runs.start(workspaceFile('first.mjs', listen));
    await first?.watch.listening;
    const second = await runs.start(workspaceFile('second.mjs', listen));
    assert.ok(second);
    const message = outcomeMessage(await second.ended, second.watch.store);
    assert.match(message?.text ?? '', new RegExp(`^127\\.0\\.0\\.1 port ${port} is in use already`));
    assert.equal(message?.severity, 'error');
    assert.ok(message?.step);
  });

  it('says that nobody listens', async () => {
    const port = await freePort();
    const run = await runs.start(workspaceFile('refused.mjs', `import net from 'node:net';\nnet.connect(${port}, '127.0.0.1');\n`));
    assert.ok(run);
    const message = outcomeMessage(await run.ended, run.watch.store);
    assert.match(message?.text ?? '', new RegExp(`^Nothing listens on 127\\.0\\.0\\.1 port ${port}`));
  });

  it('says when no socket was used, and when a program fails before', async () => {
    const run = await runs.start(workspaceFile('idle.mjs', 'console.log(1);\n'));
    assert.match(outcomeMessage(await run!.ended, run!.watch.store)?.text ?? '', /idle\.mjs ended without opening a socket/);
    const thrown = await runs.start(workspaceFile('thrown.mjs', 'throw new Error("no");\n'));
    assert.match(
      outcomeMessage(await thrown!.ended, thrown!.watch.store)?.text ?? '',
      /thrown\.mjs ended with exit code 1\. Its terminal says why/,
    );
  });

  it('says when a program could not even be started', () => {
    const store = new TraceStore();
    const programs = [{ program: '/a/server.mjs', started: false, code: null }];
    assert.equal(
      outcomeMessage({ stopped: false, problem: null, programs }, store)?.text,
      'server.mjs could not be started. Its terminal says why.',
    );
    const closed = [{ program: '/a/server.mjs', started: true, code: null }];
    assert.equal(outcomeMessage({ stopped: false, problem: null, programs: closed }, store), null, 'a terminal that was closed');
  });

  it('offers the other files that use sockets as clients', async () => {
    const { server, client } = await echoSample('clients');
    workspaceFile('clients/sum.mjs', 'export const sum = (a, b) => a + b;\n');
    const found = await candidates(server, new vscode.CancellationTokenSource().token);
    assert.ok(found.includes(client));
    assert.ok(!found.includes(server));
    assert.ok(!found.some((file) => file.endsWith('sum.mjs')));
  });
});
