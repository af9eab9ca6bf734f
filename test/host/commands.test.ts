import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { COMMANDS, INTERNAL_COMMANDS, SETTINGS, TRACE_EXTENSION, VIEWS } from '../../src/contracts/ids';
import { extension, ourCommands, parts } from './support';

interface Manifest {
  activationEvents: string[];
  contributes: {
    commands: { command: string; title: string; category: string }[];
    customEditors: { viewType: string; selector: { filenamePattern: string }[] }[];
    configuration: { properties: Record<string, { markdownDescription?: string; default: unknown }> };
  };
}

describe('host: what package.json promises', () => {
  const manifest = () => extension().packageJSON as Manifest;

  it('registers every contributed command, and no other', async () => {
    await parts();
    const registered = await ourCommands();
    const contributed = manifest().contributes.commands.map(({ command }) => command);
    const expected = [...contributed, ...Object.values(INTERNAL_COMMANDS)].sort();
    assert.deepEqual(registered.sort(), expected);
  });

  it('has the ids of src/contracts/ids.ts', () => {
    const { contributes, activationEvents } = manifest();
    assert.deepEqual(contributes.commands.map(({ command }) => command).sort(), Object.values(COMMANDS).sort());
    assert.deepEqual(Object.keys(contributes.configuration.properties).sort(), Object.values(SETTINGS).sort());
    assert.deepEqual(
      contributes.customEditors.map(({ viewType }) => viewType),
      [VIEWS.traceEditor],
    );
    assert.equal(contributes.customEditors[0]?.selector[0]?.filenamePattern, `*${TRACE_EXTENSION}`);
    assert.ok(activationEvents.includes(`onWebviewPanel:${VIEWS.timelinePanel}`));
  });

  it('describes every setting and names every command', () => {
    const { commands, configuration } = manifest().contributes;
    for (const [id, { markdownDescription }] of Object.entries(configuration.properties)) assert.ok(markdownDescription, id);
    for (const { command, title, category } of commands) {
      assert.ok(title, command);
      assert.equal(category, 'Socketscope', command);
    }
  });

  it('gives a setting the default that the code falls back to', () => {
    for (const [id, { default: value }] of Object.entries(manifest().contributes.configuration.properties))
      assert.deepEqual(vscode.workspace.getConfiguration().inspect(id)?.defaultValue, value, id);
  });
});
