import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { COMMANDS, INTERNAL_COMMANDS } from '../../src/contracts/ids';
import type { Parts } from '../../src/extension';
import { stepInFile } from '../../src/vscode/reference/card-step';
import { closeEverything, echoSample, parts, until } from './support';

/** Titles of our lenses, by 1-based line. */
async function lenses(uri: vscode.Uri): Promise<{ line: number; command: vscode.Command }[]> {
  const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 100);
  return found.map(({ range, command }) => ({ line: range.start.line + 1, command: command! }));
}

/** The Markdown of every hover at a place. */
async function hovers(uri: vscode.Uri, line: number, column: number): Promise<vscode.MarkdownString[]> {
  const at = new vscode.Position(line - 1, column - 1);
  const found = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', uri, at);
  return found.flatMap(({ contents }) => contents.filter((content) => content instanceof vscode.MarkdownString));
}

describe('host: lenses and hovers', () => {
  let all: Parts;

  before(async () => {
    all = await parts();
  });
  afterEach(async () => {
    await all.runs.stopAll();
    for (const terminal of vscode.window.terminals) terminal.dispose();
    await closeEverything();
  });

  it('tell before a run what the line leads to, after it what it did', async () => {
    const { server, client, port } = await echoSample('echo-lenses');
    const { uri } = (await vscode.window.showTextDocument(vscode.Uri.file(server))).document;
    const before = await until('lenses', async () => {
      const found = await lenses(uri);
      return found.length >= 4 ? found : null;
    });
    assert.deepEqual(
      before.filter(({ line }) => line === 6 || line === 15).map(({ line, command }) => `${line}: ${command.title}`),
      [
        '6: ▶ Run and trace',
        '6: with a client...',
        '6: no socket yet: socket() happens at listen()',
        process.platform === 'win32'
          ? '15: WSASocket → bind → listen(511) → AcceptEx · on 127.0.0.1 (this machine only)'
          : '15: socket → SO_REUSEADDR → bind → listen(511) · on 127.0.0.1 (this machine only)',
      ],
    );
    assert.deepEqual(
      before.slice(0, 3).map(({ command }) => command.command),
      [COMMANDS.runAndTrace, COMMANDS.runWithClient, INTERNAL_COMMANDS.openCard],
    );
    const run = await all.runs.start(server, client);
    await run!.ended;
    const after = await until('facts', async () => {
      const found = await lenses(uri);
      const titles = found.map(({ command }) => command.title).join();
      return /LISTEN/.test(titles) && /1 closed/.test(titles) ? found : null;
    });
    const ends = after.filter(({ line }) => line === 6 || line === 15);
    assert.deepEqual(
      ends.map(({ line, command }) => `${line}: ${command.title}`),
      ['6: ▶ Run and trace', '6: with a client...', '6: 1 accepted, 1 closed, 0 open', `15: LISTEN 127.0.0.1:${port}, 1 accepted`],
    );
    assert.equal(ends[3]!.command.command, INTERNAL_COMMANDS.showStep);
    const [markdown] = (await hovers(uri, 15, 10)).filter(({ value }) => value.includes('`server.listen()`'));
    assert.match(markdown!.value, /In your last run: \*\*LISTEN/);
    assert.ok(markdown!.isTrusted, 'its links work');
  });

  it('explain the call under the pointer, beside what TypeScript says, and open its card', async () => {
    const { server } = await echoSample('echo-hover');
    const { uri } = (await vscode.window.showTextDocument(vscode.Uri.file(server))).document;
    const ours = await until('our hover', async () => (await hovers(uri, 9, 14)).find(({ value }) => value.includes('`socket.write()`')));
    assert.match(ours.value, /Linux, macOS: write, or writev for several buffers/);
    assert.ok(ours.value.split('\n').length <= 12);
    const link = /\]\(command:([\w.]+)\?([^)]+)\)/.exec(ours.value)!;
    assert.equal(link[1], INTERNAL_COMMANDS.openCard);
    await vscode.commands.executeCommand(link[1], ...JSON.parse(decodeURIComponent(link[2]!)));
    await until('the card', () =>
      vscode.window.tabGroups.all.some(({ tabs }) =>
        tabs.some(({ label, isActive }) => isActive && label === 'send, write, writev, sendto, sendmsg · Syscall Reference'),
      ),
    );
    await vscode.commands.executeCommand(COMMANDS.reference, 'time-wait');
    const titles = () =>
      vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label)).filter((label) => /Reference/.test(label));
    await until('another card in the same tab', () => titles().join() === 'TIME_WAIT · Syscall Reference');
  });

  it('find the step of the last run that a card is about', async () => {
    const { server, client } = await echoSample('echo-card-step');
    const run = await all.runs.start(server, client);
    await run!.ended;
    const { trace } = run!;
    const wanted = await stepInFile(trace, { field: 'call', value: 'listen' });
    assert.ok(wanted, 'the run listens');
    assert.equal(await stepInFile(trace, { field: 'call', value: 'kqueue' }), null);
  });

  it('explain Python, too', async () => {
    const folder = vscode.workspace.workspaceFolders![0]!.uri;
    const uri = vscode.Uri.joinPath(folder, 'hello-sockets.py');
    await vscode.workspace.fs.writeFile(uri, Buffer.from("import socket\ns = socket.socket()\ns.bind(('127.0.0.1', 8080))\n"));
    try {
      await vscode.window.showTextDocument(uri);
      const found = await until('lenses', async () => {
        const here = await lenses(uri);
        return here.length ? here : null;
      });
      assert.deepEqual(
        found.map(({ line, command }) => `${line}: ${command.title}`),
        ['2: socket: in the kernel at once, without an address yet', '3: bind · port 8080 on 127.0.0.1 (this machine only)'],
      );
      assert.ok((await hovers(uri, 3, 4)).some(({ value }) => value.includes('`sock.bind()`')));
    } finally {
      await vscode.workspace.fs.delete(uri);
    }
  });
});
