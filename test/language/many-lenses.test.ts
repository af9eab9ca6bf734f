import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CodeLens } from 'vscode-languageserver';
import { LastRun } from '../../src/language/last-run';
import { MANY_LENSES } from '../../src/language/lenses';
import { cli } from '../support/house';
import { TestClient } from './lsp-client';

const START = "import net from 'node:net';\nconst socket = net.connect(9, '127.0.0.1');\nsocket.on('error', () => {});\n";
/** A file with one lens more than are told at once, "Run and trace" among them. */
const MANY = START + "socket.write('x');\n".repeat(MANY_LENSES - 1);
const FEW = START + "socket.write('x');\n".repeat(MANY_LENSES - 2);
const at = (line: number, character: number) => ({ line, character });

describe('a document with very many lenses', function () {
  this.timeout(30_000);
  let folder: string;
  let uri: string;
  let client: TestClient;

  before(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'socketscope-many-')));
    uri = pathToFileURL(join(folder, 'many.mjs')).href;
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(async () => {
    client = await TestClient.start();
  });
  afterEach(() => client.stop());

  const resolve = (lens: CodeLens): Promise<CodeLens> => client.connection.sendRequest('codeLens/resolve', lens);
  const isRun = ({ command }: CodeLens) => command?.command === 'run';

  it('is told where they are; what each says comes when it is asked for, and is the same', async () => {
    await client.open(uri, FEW);
    const told = await client.lenses(uri);
    assert.equal(told.length, MANY_LENSES);
    assert.ok(told.every(({ command, data }) => command && data === undefined));
    await client.change(uri, { text: MANY });
    const late = await client.lenses(uri);
    assert.equal(late.length, MANY_LENSES + 1);
    assert.deepEqual(
      late.filter(({ command }) => command).map(({ command }) => command!.title),
      ['▶ Run and trace'],
    );
    for (const [i, lens] of told.entries()) if (!isRun(lens)) assert.deepEqual(await resolve(late[i]!), lens);
    const [few, many] = [told, late].map((all) => JSON.stringify(all).length) as [number, number];
    assert.ok(many < 0.6 * few, `${many} bytes, ${few} when all is told`);
  });

  it('says nothing at a place whose call has gone, nor of a document that is closed, nor to what it never sent', async () => {
    await client.open(uri, MANY);
    const late = await client.lenses(uri);
    const last = late.at(-1)!;
    await client.change(uri, { range: { start: at(4, 0), end: at(5, 0) }, text: '' });
    assert.equal((await resolve(last)).command!.title, '');
    assert.match((await resolve(late.at(-2)!)).command!.title, /^bytes are copied/);
    await client.close(uri);
    assert.equal((await resolve(late.at(-2)!)).command!.title, '');
    for (const data of [0, -1, 'x', null, undefined, {}]) assert.equal((await resolve({ ...last, data })).command!.title, '');
    await client.open(uri, MANY);
    assert.notEqual((await client.lenses(uri)).at(-1)!.data, last.data, 'opened again it is another document');
  });

  it('says at each what the last run did there', async () => {
    const file = join(folder, 'many.mjs');
    const trace = join(folder, 'many.socktrace');
    writeFileSync(file, MANY);
    spawnSync(process.execPath, [cli, 'run', '--out', trace, file], { cwd: folder, encoding: 'utf8', timeout: 20_000 });
    await client.open(uri, MANY);
    await client.facts(trace);
    const connect = (await client.lenses(uri)).find((lens) => !isRun(lens))!;
    const { command } = await resolve(connect);
    assert.equal(command!.title, 'ECONNREFUSED 127.0.0.1:9');
    assert.equal(command!.command, 'step');
    assert.equal((command!.arguments![0] as { trace: string }).trace, trace);
  });

  it('is looked at once for all that is asked of one text, and again when text or run change', async () => {
    const run = new LastRun(join(folder, 'many.socktrace'));
    await run.refresh();
    const calls: never[] = [];
    const look = run.look({ uri, text: MANY }, calls);
    assert.equal(run.look({ uri, text: MANY }, calls), look);
    assert.notEqual(run.look({ uri, text: `${MANY}\n` }, calls), look);
    const other = run.look({ uri, text: MANY }, []);
    assert.notEqual(other, look);
    await run.refresh();
    assert.notEqual(run.look({ uri, text: MANY }, calls), other);
  });

  it('is known by its number in Python, too', async () => {
    const python = 'file:///many.py';
    const text = `import socket\ns = socket.socket()\n${"s.send(b'x')\n".repeat(MANY_LENSES + 1)}`;
    await client.open(python, text, 'python');
    const late = await client.lenses(python);
    assert.ok(late.length > MANY_LENSES && late.every(({ command }) => !command));
    assert.match((await resolve(late.at(-1)!)).command!.title, /\w/);
    assert.equal((await resolve(late.at(-1)!)).command!.command, 'card');
  });
});
