import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { extensionPaths } from '../../src/vscode/paths';
import { findNode, nodeOnPath } from '../../src/vscode/run/node-finder';
import { writeNodeShim } from '../../src/vscode/run/node-shim';
import { RunService } from '../../src/vscode/run/run-service';
import { RunStore, sweepRunFolders } from '../../src/vscode/run/run-store';
import { Settings } from '../../src/vscode/settings';
import { closeEverything, extension, RecordedMessages, workspaceFile, workspaceFolder } from './support';

describe('host: what is refused, and with which words', () => {
  let folder: string;
  let messages: RecordedMessages;
  let settings: FixedSettings;
  let runs: RunService;
  let trusted: boolean;

  /** Settings that a test sets without touching those of the window. */
  class FixedSettings extends Settings {
    node = '';
    override nodePath(): string {
      return this.node;
    }
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sk-refused-'));
    messages = new RecordedMessages();
    settings = new FixedSettings();
    trusted = true;
    runs = new RunService({
      paths: extensionPaths(extension().extensionPath),
      settings,
      messages,
      store: new RunStore(
        () => join(folder, 'runs'),
        () => 3,
      ),
      trusted: () => trusted,
      streams: () => folder,
    });
  });
  afterEach(async () => {
    runs.dispose();
    rmSync(folder, { recursive: true, force: true });
    await closeEverything();
  });

  async function refused(program: string): Promise<string> {
    assert.equal(await runs.start(program), null);
    assert.equal(runs.liveRuns.length, 0);
    assert.equal(messages.said.length, 1);
    return messages.said[0]!.text;
  }

  it('a program of an untrusted workspace, with the way to trust it', async () => {
    trusted = false;
    const text = await refused(workspaceFile('fine.mjs', ''));
    assert.match(text, /only in a trusted workspace; viewing traces works/);
    assert.deepEqual(Object.keys(messages.said[0]!.actions), ['Manage Workspace Trust']);
    assert.equal(await runs.startTerminal(), null, 'a traced terminal, too');
  });

  it('a file that is not there', async () => {
    assert.match(await refused(join(workspaceFolder(), 'nowhere.mjs')), /nowhere\.mjs.*there is no such file/);
  });

  it('a folder', async () => {
    mkdirSync(join(workspaceFolder(), 'folder.mjs'), { recursive: true });
    assert.match(await refused(join(workspaceFolder(), 'folder.mjs')), /is a folder/);
  });

  it('a file that Node does not run', async () => {
    assert.match(await refused(workspaceFile('notes.txt', 'hello')), /is not a Node program/);
  });

  it('a node that the setting names and that is none', async () => {
    settings.node = '/no/such/node';
    assert.match(await refused(workspaceFile('fine.mjs', '')), /socketscope\.node\.path names "\/no\/such\/node"/);
    assert.deepEqual(Object.keys(messages.said[0]!.actions), ['Open Setting']);
  });

  it('a run whose traces cannot be kept', async () => {
    writeFileSync(join(folder, 'runs'), 'a file where the folder should be');
    assert.match(await refused(workspaceFile('fine.mjs', '')), /Traces cannot be kept in .*socketscope\.traceFolder/);
  });

  it('TypeScript on a Node that cannot strip types', async () => {
    const old = join(folder, 'node');
    writeFileSync(old, '#!/bin/sh\necho v20.19.0\n', { mode: 0o755 });
    settings.node = old;
    assert.match(await refused(workspaceFile('typed.ts', 'const a: number = 1;')), /typed\.ts is TypeScript.*22\.6 or newer/);
  });

  it('a node that is too old', async () => {
    const old = join(folder, 'node');
    writeFileSync(old, '#!/bin/sh\necho v18.20.1\n', { mode: 0o755 });
    await assert.rejects(findNode({ setting: old, path: '', own: '' }), /is Node 18\.20\.1; Socketscope needs 20 or newer/);
  });

  it('nothing when no node is on the PATH: the runtime of VS Code itself is used', async () => {
    const found = await findNode({ setting: '', path: folder, own: process.execPath });
    assert.equal(found.source, 'vscode');
    assert.equal(found.path, process.execPath);
    assert.equal(found.env.ELECTRON_RUN_AS_NODE, '1');
  });

  it('gives a terminal a node where the PATH has none', function () {
    if (process.platform === 'win32') this.skip();
    assert.equal(nodeOnPath(folder), null);
    const bin = join(folder, "it's a bin");
    const shim = writeNodeShim(bin, { path: process.execPath, env: { ELECTRON_RUN_AS_NODE: '1' } });
    const said = execFileSync('node', ['-p', 'process.argv.length + process.env.ELECTRON_RUN_AS_NODE', 'a b', '$c'], {
      env: { PATH: `${shim}:/usr/bin:/bin` },
      encoding: 'utf8',
    });
    assert.equal(said.trim(), '31');
    assert.equal(nodeOnPath(shim), join(bin, 'node'));
  });

  it('finds the node of the PATH first', async () => {
    const node = join(folder, 'node');
    writeFileSync(node, '#!/bin/sh\necho v24.1.2\n', { mode: 0o755 });
    const found = await findNode({ setting: '', path: `/nowhere:${folder}`, own: process.execPath });
    assert.deepEqual([found.path, found.source, found.version], [node, 'path', [24, 1, 2]]);
  });

  it('removes what cut-off runs left behind, but nothing that is in use', () => {
    mkdirSync(join(folder, 'old'));
    mkdirSync(join(folder, 'used'));
    writeFileSync(join(folder, 'old', '1-0-1.probe'), 'x');
    sweepRunFolders(folder);
    assert.ok(existsSync(join(folder, 'old')), 'not yet');
    writeFileSync(join(folder, 'used', '2-0-2.probe'), 'x');
    const tomorrow = Date.now() + 25 * 3600 * 1000;
    utimesSync(join(folder, 'used', '2-0-2.probe'), tomorrow / 1000, tomorrow / 1000);
    sweepRunFolders(folder, tomorrow);
    assert.equal(existsSync(join(folder, 'old')), false);
    assert.ok(existsSync(join(folder, 'used')));
  });

  it('keeps the newest traces only, and only deletes its own', () => {
    const store = new RunStore(
      () => folder,
      () => 2,
    );
    writeFileSync(join(folder, 'precious.socktrace'), '');
    for (let minute = 0; minute < 4; minute++) {
      const path = store.newTrace('/a/echo server.mjs', new Date(Date.UTC(2026, 0, 1, 0, minute)));
      writeFileSync(path, '');
    }
    assert.equal(store.list().length, 4);
    const [, , , oldest] = store.list();
    store.prune(new Set([oldest!]));
    assert.equal(store.list().length, 3, 'two are kept and one is in use');
    assert.ok(store.list().includes(oldest!));
    assert.match(store.list()[0]!, /echo_server-20260101-000300-000\.socktrace$/);
    assert.ok(vscode.workspace.isTrusted);
  });
});
