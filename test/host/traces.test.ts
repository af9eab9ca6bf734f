import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { COMMANDS, VIEWS } from '../../src/contracts/ids';
import type { Parts } from '../../src/extension';
import { decodeWhole } from '../../src/trace';
import { freePort } from '../support/free-port';
import { messageRun } from '../support/two-runs';
import { closeEverything, parts, until, workspaceFile } from './support';

/** Puts something in the place of a dialog or message of VS Code until the test ends. */
class Stubs {
  private readonly undo: (() => void)[] = [];

  set<K extends keyof typeof vscode.window>(name: K, replacement: unknown): void {
    const original = Object.getOwnPropertyDescriptor(vscode.window, name);
    Object.defineProperty(vscode.window, name, { value: replacement, configurable: true, writable: true });
    this.undo.push(() => original && Object.defineProperty(vscode.window, name, original));
  }
  restore(): void {
    for (const each of this.undo.splice(0)) each();
  }
}

describe('host: traces', () => {
  let all: Parts;
  let folder: string;
  /** Messages that VS Code would have shown, with their buttons. */
  let said: { text: string; buttons: string[]; click: (button: string) => void }[];
  const stubs = new Stubs();

  before(async () => {
    all = await parts();
    folder = mkdtempSync(join(tmpdir(), 'sk-traces-'));
    const run = await all.runs.start(
      workspaceFile('once.mjs', `import net from 'node:net';\nnet.createServer().listen(0, '127.0.0.1', function () { this.close(); });\n`),
    );
    await run!.ended;
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(() => {
    said = [];
    for (const name of ['showErrorMessage', 'showWarningMessage', 'showInformationMessage'] as const)
      stubs.set(
        name,
        (text: string, ...buttons: string[]) => new Promise<string | undefined>((click) => said.push({ text, buttons, click })),
      );
  });
  afterEach(async () => {
    stubs.restore();
    await all.runs.stopAll();
    await closeEverything();
  });

  /** Answers the next save dialog with a path in the test's folder. */
  function saveAs(name: string): string {
    const path = join(folder, name);
    stubs.set('showSaveDialog', async () => vscode.Uri.file(path));
    return path;
  }
  const message = (pattern: RegExp) => until(`a message like ${pattern}`, () => said.find(({ text }) => pattern.test(text)));

  it('are saved as they are, and the message says what is in them', async () => {
    const path = saveAs('copy.socktrace');
    await vscode.commands.executeCommand(COMMANDS.saveTrace);
    await message(/Saved copy\.socktrace\. It contains bytes that the programs sent/);
    assert.deepEqual(readFileSync(path), readFileSync(all.runs.lastRun!.trace));
    assert.equal(existsSync(`${path}.part`), false);
    // Once is enough.
    saveAs('second.socktrace');
    await vscode.commands.executeCommand(COMMANDS.saveTrace);
    await message(/^Saved second\.socktrace\.$/);
  });

  it('are not saved where nothing can be written, and what is there stays', async () => {
    saveAs(join('no', 'such', 'folder.socktrace'));
    await vscode.commands.executeCommand(COMMANDS.saveTrace);
    await message(/could not be saved as .*folder\.socktrace: .*Choose another folder/);
  });

  it('are exported as one object a line', async () => {
    const path = saveAs('trace.jsonl');
    await vscode.commands.executeCommand(COMMANDS.exportJson);
    await message(/Exported trace\.jsonl/);
    const [header, ...events] = readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.equal(header.socketscope, 1);
    assert.equal(events.length, decodeWhole(readFileSync(all.runs.lastRun!.trace)).store.size);
  });

  it('are exported as one page that carries the trace', async () => {
    const path = saveAs('page.html');
    await vscode.commands.executeCommand(COMMANDS.exportHtml);
    await message(/Exported page\.html/);
    const html = readFileSync(path, 'utf8');
    const carried = /<script type="application\/octet-stream" id="trace">([^<]*)<\/script>/.exec(html)?.[1] ?? '';
    assert.deepEqual(Buffer.from(carried, 'base64'), readFileSync(all.runs.lastRun!.trace));
  });

  it('are put beside another run, at the first difference', async () => {
    const [one, two] = [messageRun([11]), messageRun([3, 8])];
    const uris = [one, two].map(({ bytes }, index) => {
      const path = join(folder, `run-${index + 1}.socktrace`);
      writeFileSync(path, bytes);
      return vscode.Uri.file(path);
    });
    await vscode.commands.executeCommand('vscode.openWith', uris[0], VIEWS.traceEditor);
    const view = await until('the timeline', () => all.timelines.all.find(({ trace }) => trace.uri.toString() === uris[0]!.toString()));
    await until('the trace in it', () => view.loaded);
    let offered: string[] = [];
    stubs.set('showQuickPick', async (items: { label: string }[]) => {
      offered = items.map(({ label }) => label);
      return items.at(-1);
    });
    stubs.set('showOpenDialog', async () => [uris[1]]);
    await vscode.commands.executeCommand(COMMANDS.compareRuns, uris[0]);
    assert.match(offered.at(-1)!, /A trace file/);
    assert.ok(
      offered.some((label) => label.startsWith('once-')),
      'the runs that are kept',
    );
    await until('the first difference', () => view.state?.step === one.reads[0]);
    await vscode.commands.executeCommand(COMMANDS.compareRuns, uris[0], vscode.Uri.file(join(folder, 'none.socktrace')));
    await message(/none\.socktrace does not exist any more/);
  });

  it('that cannot be exported say why', async () => {
    saveAs(join('no', 'such', 'trace.jsonl'));
    await vscode.commands.executeCommand(COMMANDS.exportJson);
    const { text } = await message(/trace\.jsonl/);
    assert.doesNotMatch(text, /\n {4}at /);
  });

  it('that are none are refused with the offer to open another', async () => {
    const path = join(folder, 'text.socktrace');
    writeFileSync(path, 'no trace at all');
    await vscode.commands.executeCommand(COMMANDS.openTrace, vscode.Uri.file(path));
    const { buttons } = await message(/not a Socketscope trace/);
    assert.deepEqual(buttons, ['Open Another']);
    assert.equal(
      all.timelines.all.some(({ trace }) => trace.uri.fsPath === path),
      false,
    );
  });

  it('lead from the message about a failed program to the step that failed', async () => {
    const port = await freePort();
    const run = await all.runs.start(workspaceFile('nobody.mjs', `import net from 'node:net';\nnet.connect(${port}, '127.0.0.1');\n`));
    await run!.ended;
    const { buttons, click } = await message(/Nothing listens on 127\.0\.0\.1/);
    assert.deepEqual(buttons, ['Show Step', 'Show Terminal']);
    click('Show Step');
    await until('the failed step', () => {
      const step = all.timelines.active?.state?.step;
      return step && run!.watch.store.call(step) === 'getsockopt';
    });
  });

  it('of a program that already runs: it is asked before it is run again', async () => {
    const program = workspaceFile('twice.mjs', `import net from 'node:net';\nnet.createServer().listen(0, '127.0.0.1');\n`);
    const first = await all.runs.start(program);
    await first!.watch.listening;
    stubs.set('showWarningMessage', async () => undefined);
    assert.equal(await all.runs.start(program), null);
    assert.equal(first!.live, true);
    stubs.set('showWarningMessage', async () => 'Stop and Run Again');
    const second = await all.runs.start(program);
    assert.equal(first!.live, false);
    assert.equal(second!.live, true);
    assert.equal(await second!.watch.listening, true);
  });

  it('of a burst of connections arrive while the window stays responsive', async function () {
    this.timeout(120_000);
    const program = workspaceFile(
      'burst.mjs',
      `import net from 'node:net';
const server = net.createServer((socket) => socket.end()).listen(0, '127.0.0.1', async () => {
  for (let i = 0; i < 3000; i++) await new Promise((done) => net.connect(server.address().port, '127.0.0.1').on('close', done).resume());
  server.close();
});
`,
    );
    // CPU time and not time on the clock: another busy program on this machine is not our doing.
    let longest = 0;
    let last = process.cpuUsage();
    const timer = setInterval(() => {
      const { user, system } = process.cpuUsage(last);
      longest = Math.max(longest, (user + system) / 1000);
      last = process.cpuUsage();
    }, 20);
    const run = await all.runs.start(program);
    await run!.ended;
    clearInterval(timer);
    assert.ok(run!.watch.store.size > 30_000, `${run!.watch.store.size} events`);
    assert.ok(longest < 400, `the extension host was busy for ${Math.round(longest)} ms at a time`);
  });
});
