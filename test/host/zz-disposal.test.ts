import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { activate, deactivate } from '../../src/extension';
import { extension, isRunning, ourCommands, parts, until, workspaceFile } from './support';

// The last file by name: afterwards nothing of the extension is registered any more.
describe('host: what is registered is disposed', () => {
  it('leaves no command, no process and no context behind, and can start again', async () => {
    const { runs, subscriptions, language } = await parts();
    const left = workspaceFile('left.mjs', `import net from 'node:net';\nnet.createServer().listen(0, '127.0.0.1');\n`);
    await vscode.workspace.openTextDocument(left);
    assert.equal(await language.ready(), true);
    const run = await runs.start(left);
    assert.equal(await run?.watch.listening, true);
    const pids = run!.watch.store.processes.map(({ pid }) => pid);
    assert.equal(pids.length, 1);

    const exported = extension().exports;
    await exported.stop();
    assert.deepEqual(pids.filter(isRunning), [], 'a live run ends with the extension');
    assert.ok(readdirSync(language.compiled, { recursive: true }).length > 1, 'the next server finds its code compiled');
    for (const each of subscriptions) each.dispose();
    assert.deepEqual(await ourCommands(), []);

    const storage = (name: string) => vscode.Uri.file(dirname(workspaceFile(`.storage/${name}/keep`, '')));
    // Registering twice would throw: that everything can be registered again shows that nothing was left.
    const context = {
      subscriptions: [] as vscode.Disposable[],
      extensionPath: extension().extensionPath,
      storageUri: storage('workspace'),
      globalStorageUri: storage('global'),
      workspaceState: { get: (_key: string, fallback: unknown) => fallback, update: async () => {}, keys: () => [] },
    };
    const again = activate(context as unknown as vscode.ExtensionContext);
    assert.ok((await ourCommands()).length > 10);
    assert.equal(again.runs.liveRuns.length, 0);
    await deactivate();
    for (const each of context.subscriptions) each.dispose();
    await until('no command of ours', async () => (await ourCommands()).length === 0);
  });
});
