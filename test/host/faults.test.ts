import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { COMMANDS, SETTINGS } from '../../src/contracts/ids';
import type { Parts } from '../../src/extension';
import { parseFaults } from '../../src/runner/fault-list';
import { decodeWhole } from '../../src/trace';
import { faultChoices, problemOf } from '../../src/vscode/run/fault-picker';
import type { TracedRun } from '../../src/vscode/run/traced-run';
import { closeEverything, echoSample, next, parts } from './support';

/** `fault` of every injected event of a trace, and what its processes say. */
function injected(trace: string): { faults: Set<unknown>; notices: string } {
  const { store } = decodeWhole(readFileSync(trace));
  const faults = new Set<unknown>();
  for (let seq = 1; seq <= store.size; seq++) {
    const { kind, args } = store.event(seq);
    if (kind === 'fault') faults.add(args?.fault);
  }
  return { faults, notices: store.processes.flatMap(({ notices }) => notices).join() };
}

const set = (list: string | undefined) =>
  vscode.workspace.getConfiguration().update(SETTINGS.faults, list, vscode.ConfigurationTarget.Workspace);

describe('host: faults', () => {
  let all: Parts;
  before(async () => {
    all = await parts();
  });
  afterEach(async () => {
    await set(undefined);
    await all.runs.stopAll();
    for (const terminal of vscode.window.terminals) terminal.dispose();
    await closeEverything();
  });

  it('of the setting are in the run, in its title and in the status bar', async () => {
    const { server, client } = await echoSample('faults-set');
    await set('seed=3,split-read=1..4@server.mjs');
    const run = await all.runs.start(server, client);
    assert.ok(run);
    assert.equal(run.title, 'server.mjs + client.mjs (faults: split-read)');
    assert.match(all.status.text, /, faults on$/);
    await run.ended;
    const { faults, notices } = injected(run.trace);
    assert.deepEqual([...faults], ['split-read']);
    assert.match(notices, /Faults were asked for: split-read \(seed 3\)/);
  });

  it('are not there when the setting is empty', async () => {
    const { server, client } = await echoSample('faults-none');
    const run = await all.runs.start(server, client);
    assert.ok(run);
    assert.equal(run.title, 'server.mjs + client.mjs');
    await run.ended;
    assert.deepEqual([...injected(run.trace).faults], []);
  });

  it('are chosen from ready-made ones by the command', async () => {
    const { server } = await echoSample('faults-chosen');
    const started = next<TracedRun>(all.runs.onDidStart);
    const command = vscode.commands.executeCommand(COMMANDS.runWithFaults, vscode.Uri.file(server));
    // Each list opens in its own time: the first choice of both ("Split reads", "server.mjs alone") is taken until the run starts.
    const accept = setInterval(() => void vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem'), 300);
    try {
      const run = await started;
      assert.equal(run.title, 'server.mjs (faults: split-read)');
    } finally {
      clearInterval(accept);
    }
    await command;
  });

  it('that are ready-made can all be read, and what is wrong with a list is one sentence', () => {
    for (const { list, label, detail } of faultChoices()) {
      assert.ok(parseFaults(list) !== null, label);
      assert.ok(detail.length > 15);
    }
    assert.equal(problemOf('split-read'), null);
    assert.match(problemOf('') ?? '', /Name at least one fault/);
    assert.match(problemOf('split') ?? '', /^The list: there is no fault "split"; did you mean split-read\?$/);
  });
});
