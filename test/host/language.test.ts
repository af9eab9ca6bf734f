import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { COMMANDS, INTERNAL_COMMANDS } from '../../src/contracts/ids';
import type { Parts } from '../../src/extension';
import { stepInFile } from '../../src/vscode/reference/card-step';
import { closeEverything, echoSample, parts, until, workspaceFile } from './support';

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
      before.filter(({ line }) => line === 6 || line === 16).map(({ line, command }) => `${line}: ${command.title}`),
      [
        '6: ▶ Run and trace',
        '6: with a client...',
        '6: no socket yet: socket() happens at listen()',
        process.platform === 'win32'
          ? '16: WSASocket → bind → listen(511) → AcceptEx · on 127.0.0.1 (this machine only)'
          : '16: socket → SO_REUSEADDR → bind → listen(511) · on 127.0.0.1 (this machine only)',
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
    const ends = after.filter(({ line }) => line === 6 || line === 16);
    assert.deepEqual(
      ends.map(({ line, command }) => `${line}: ${command.title}`),
      ['6: ▶ Run and trace', '6: with a client...', '6: 1 accepted, 1 closed, 0 open', `16: LISTEN 127.0.0.1:${port}, 1 accepted`],
    );
    assert.equal(ends[3]!.command.command, INTERNAL_COMMANDS.showStep);
    const [markdown] = (await hovers(uri, 16, 10)).filter(({ value }) => value.includes('`server.listen()`'));
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

  it('say what they are in a file with very many, when they come into view', async () => {
    const folder = vscode.workspace.workspaceFolders![0]!.uri;
    const uri = vscode.Uri.joinPath(folder, 'very-many.mjs');
    const program = `import net from 'node:net';\nconst socket = net.connect(9);\n${"socket.write('x');\n".repeat(600)}`;
    await vscode.workspace.fs.writeFile(uri, Buffer.from(program));
    try {
      await vscode.window.showTextDocument(uri);
      // A hundred of them are resolved, as those in view are.
      const found = await until('lenses', async () => {
        const here = await lenses(uri);
        return here.length > 0 ? here : null;
      });
      assert.equal(found.filter(({ command }) => command.title === '▶ Run and trace').length, 1);
      const texts = found.map(({ line, command }) => `${line}: ${command.title} ${command.command}`);
      assert.ok(
        texts.includes(`3: bytes are copied to the kernel; false: wait for drain ${INTERNAL_COMMANDS.openCard}`),
        texts.slice(0, 4).join('\n'),
      );
      assert.ok(found.length >= 100);
    } finally {
      await closeEverything();
      await vscode.workspace.fs.delete(uri);
    }
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

  it('remark on a program, and a quick fix that is chosen changes it', async () => {
    const file = workspaceFile(
      'fix-me/server.mjs',
      "import net from 'node:net';\nnet.createServer((socket) => socket.pipe(socket)).listen(0);\n",
    );
    const { document } = await vscode.window.showTextDocument(vscode.Uri.file(file));
    const remark = await until('a remark', () =>
      vscode.languages.getDiagnostics(document.uri).find(({ source, message }) => source === 'socketscope' && /'error'/.test(message)),
    );
    assert.equal(remark.severity, vscode.DiagnosticSeverity.Information);
    // The editor gives up a request for actions when something else comes in between, such as TypeScript's first remarks.
    const fix = await until('the quick fix', async () => {
      const actions = await vscode.commands
        .executeCommand<vscode.CodeAction[]>(
          'vscode.executeCodeActionProvider',
          document.uri,
          remark.range,
          vscode.CodeActionKind.QuickFix.value,
        )
        .then(undefined, () => []);
      return actions.find(({ edit, title }) => edit && /'error' listener/.test(title));
    });
    assert.ok(await vscode.workspace.applyEdit(fix.edit!));
    assert.match(document.getText(), /socket\.on\('error'/);
    const message = remark.message;
    await until('the remark is gone', () =>
      vscode.languages.getDiagnostics(document.uri).every((each) => each.message !== message || !each.range.isEqual(remark.range)),
    );
  });

  it('lead from a connect to the listen of the last run, and complete its port', async () => {
    const { server, client, port } = await echoSample('echo-ends');
    const run = await all.runs.start(server, client);
    await run!.ended;
    const editor = await vscode.window.showTextDocument(vscode.Uri.file(client));
    const { document } = editor;
    const at = document.positionAt(document.getText().search(/connect\(|createConnection\(/));
    editor.selection = new vscode.Selection(at, at);
    await until('lenses', async () => (await lenses(document.uri)).length > 0);
    // The server reads the run while the test goes on.
    const there = await until('the other end', async () => {
      await vscode.commands.executeCommand(COMMANDS.otherEnd);
      const active = vscode.window.activeTextEditor;
      return active?.document.uri.fsPath === vscode.Uri.file(server).fsPath ? active : null;
    });
    await until('the cursor there', () => there.selection.active.line > 0);
    assert.match(there.document.lineAt(there.selection.active.line).text, /listen\(/);
    const dialling = await vscode.workspace.openTextDocument({
      language: 'javascript',
      content: "import net from 'node:net';\nnet.connect()",
    });
    await vscode.window.showTextDocument(dialling);
    // A document that was never saved is explained, too.
    await until('lenses of an unsaved document', async () => (await lenses(dialling.uri)).length > 0);
    const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      dialling.uri,
      new vscode.Position(1, 12),
      '(',
    );
    assert.ok(
      items.some(({ label, detail }) => label === String(port) && detail === 'last run: listening in server.mjs'),
      items.map(({ label }) => label).join(),
    );
  });

  it('come back after the server was killed', async function () {
    // A run, two starts of the server and those of VS Code's own: a busy machine takes its time.
    this.timeout(180_000);
    const { server, client } = await echoSample('echo-crash');
    const run = await all.runs.start(server, client);
    await run!.ended;
    // Another language that the new server has to load at the same moment.
    const python = workspaceFile('echo-crash/beside.py', 'import socket\ns = socket.socket()\n');
    await vscode.window.showTextDocument(vscode.Uri.file(python), { preview: false });
    const { uri } = (await vscode.window.showTextDocument(vscode.Uri.file(server))).document;
    let titles = '';
    const facts = async () => {
      titles = (await lenses(uri)).map(({ command }) => command.title).join();
      return /1 accepted/.test(titles);
    };
    await until('facts', facts);
    const before = all.language.pid!;
    process.kill(before, 'SIGKILL');
    await until('another server', () => all.language.pid !== null && all.language.pid !== before, 60_000);
    await until('its facts', facts, 120_000).catch((error) => {
      throw new Error(`${error.message}; lenses: ${titles || 'none'}; it runs: ${all.language.isRunning}`);
    });
  });
});
