import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareText } from '../../src/knowledge/compare-text';
import { compareTraces, encodeWhole } from '../../src/trace';
import { cli } from '../support/house';
import { type Faulty, faulty } from './fault-run';

/** One message there and back; the client closes first. */
const PROGRAM = `
import net from 'node:net';
const server = net.createServer((socket) => {
  socket.on('data', (bytes) => console.log('got', bytes.length));
  socket.on('end', () => server.close());
});
server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1');
  client.write('hello world');
  client.end();
});
`;

describe('two real runs compared', function () {
  this.timeout(60_000);
  let folder: string;
  let plain: Faulty;
  let again: Faulty;
  let split: Faulty;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'socketscope-compare-'));
    const program = join(folder, 'echo.mjs');
    writeFileSync(program, PROGRAM);
    plain = await faulty(process.execPath, '', program);
    again = await faulty(process.execPath, '', program);
    split = await faulty(process.execPath, 'split-read=3', program);
    for (const [name, { trace }] of Object.entries({ plain, again, split }))
      writeFileSync(join(folder, `${name}.socktrace`), encodeWhole(trace));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const compare = (...args: string[]) => spawnSync(process.execPath, [cli, 'compare', ...args], { encoding: 'utf8', cwd: folder });

  it('are the same when the program did the same', () => {
    assert.deepEqual(compareTraces(plain.trace, again.trace).differences, []);
    const { status, stdout } = compare('plain.socktrace', 'again.socktrace');
    assert.equal(status, 0);
    assert.match(stdout, /^Both runs did the same/);
  });

  it('part where a fault cut a read, and nowhere else', () => {
    assert.equal(split.stdout, 'got 3\ngot 3\ngot 3\ngot 2\n');
    const comparison = compareTraces(plain.trace, split.trace);
    const said = comparison.differences.map((one) => compareText(plain.trace, split.trace, comparison, one).what);
    assert.deepEqual(said, ['run 2 was given 3 + 3 + 3 + 2 bytes where run 1 read 11']);
    const { status, stdout } = compare('plain.socktrace', 'split.socktrace');
    assert.equal(status, 1);
    assert.match(stdout, /^First: echo\.mjs s\d( in run 1, s\d in run 2)?: run 2 was given 3 \+ 3 \+ 3 \+ 2 bytes where run 1 read 11$/m);
  });

  it('are told as JSON, too', () => {
    const { status, stdout } = compare('plain.socktrace', 'split.socktrace', '--json');
    assert.equal(status, 1);
    const { same, differences } = JSON.parse(stdout);
    assert.equal(same, false);
    assert.deepEqual(differences[0].sizes, { run1: [11], run2: [3, 3, 3, 2] });
    assert.equal(differences[0].kind, 'cut');
  });

  it('are refused with a sentence when they are no traces', () => {
    const refused = (pattern: RegExp, ...args: string[]) => {
      const { status, stdout, stderr } = compare(...args);
      assert.match(stderr, pattern);
      assert.match(stderr, /^socketscope: [^\n]+\n$/);
      assert.deepEqual([status, stdout], [2, '']);
    };
    refused(/name two trace files/, 'plain.socktrace');
    refused(/one file too many/, 'plain.socktrace', 'again.socktrace', 'split.socktrace');
    refused(/nowhere\.socktrace: there is no such file/, 'plain.socktrace', 'nowhere.socktrace');
    refused(/echo\.mjs/, 'plain.socktrace', 'echo.mjs');
    refused(/--colour: compare has no such option/, 'plain.socktrace', 'again.socktrace', '--colour');
  });
});
