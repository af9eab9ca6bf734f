import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cli, root } from '../support/house';

const echo = join(root, 'test', 'probe', 'strace-programs', 'echo.mjs');

describe('socketscope, bad input', function () {
  this.timeout(30_000);
  let folder: string;
  const socketscope = (...args: string[]) => {
    const { status, stdout, stderr, signal } = spawnSync(process.execPath, [cli, ...args], {
      encoding: 'utf8',
      cwd: folder,
      timeout: 20_000,
    });
    return { status, stdout, stderr, signal };
  };
  /** One line on stderr that matches, exit 2, nothing on stdout, and no file more or less than before. */
  const refused = (pattern: RegExp, ...args: string[]) => {
    const before = readdirSync(folder).sort();
    const { status, stdout, stderr } = socketscope(...args);
    assert.match(stderr, pattern);
    assert.match(stderr, /^socketscope: [^\n]+\n$/, 'one line');
    assert.doesNotMatch(stderr, /\n\s+at /);
    assert.equal(status, 2);
    assert.equal(stdout, '');
    assert.deepEqual(readdirSync(folder).sort(), before);
  };
  const file = (name: string, content: string | Uint8Array = '') => {
    writeFileSync(join(folder, name), content);
    return name;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'socketscope-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('refuses programs that cannot be run', () => {
    mkdirSync(join(folder, 'sub'));
    refused(/nowhere\.mjs: there is no such file/, 'run', 'nowhere.mjs');
    refused(/sub: is a folder/, 'run', 'sub');
    refused(/notes\.txt: is not a Node program/, 'run', file('notes.txt'));
    refused(/later\.mjs: there is no such file/, 'run', echo, '--then', 'later.mjs');
    refused(/name the program to run/, 'run');
    refused(/b\.mjs is not expected; arguments of the program go after --/, 'run', file('a.mjs'), file('b.mjs'));
  });

  it('refuses options that it does not know or that make no sense', () => {
    refused(/--colour: run has no such option/, 'run', '--colour', echo);
    refused(/--payload lots: must be a whole number from 0 to 65536/, 'run', '--payload', 'lots', echo);
    refused(/--payload 65537: .*, or all/, 'run', '--payload', '65537', echo);
    refused(/--max-bytes 12: must be a size of at least 64K/, 'run', '--max-bytes', '12', echo);
    refused(/--max-bytes lots/, 'run', '--max-bytes', 'lots', echo);
    refused(/--ignore: needs a value/, 'run', echo, '--ignore');
    refused(/--out: needs a value/, 'run', echo, '--out');
    refused(/frobnicate: there is no such command/, 'frobnicate');
    refused(/--node|cannot be started as Node/, 'run', '--node', join(folder, 'no-node'), echo);
    refused(/--to pcapng: this format is not there yet/, 'export', file('x.socktrace'), '--to', 'pcapng');
    refused(/--to yaml: there is no such format/, 'export', 'x.socktrace', '--to', 'yaml');
    refused(/name the format/, 'export', 'x.socktrace');
    refused(/--step is for --to html/, 'export', 'x.socktrace', '--to', 'json', '--step', '3');
    refused(/--step x: must be a whole number/, 'export', 'x.socktrace', '--to', 'html', '--step', 'x');
    refused(/gone\.socktrace: there is no such file/, 'export', 'gone.socktrace', '--to', 'html', '--out', 'page.html');
    refused(/x\.socktrace: is empty/, 'export', 'x.socktrace', '--to', 'html', '--out', 'page.html');
    refused(/anything: there is no such exercise/, 'check', 'anything');
    refused(/check: name the exercise/, 'check');
    refused(/--json and --junit exclude each other/, 'check', 'S01', '--json', '--junit');
    refused(/exercises: frobnicate/, 'exercises', 'frobnicate');
    refused(/language-server: takes exactly one option/, 'language-server');
    refused(/launch: name the program/, 'launch');
    refused(/is no run folder/, 'collect', join(folder, 'none'), '--out', 'x');
  });

  it('says so when a named folder of exercises is not there', () => {
    refused(/--exercises nowhere: there is no such folder; name the one/, 'exercises', '--exercises', 'nowhere');
    refused(/--exercises nowhere: there is no such folder/, 'exercises', 'verify', 'S01', '--exercises', 'nowhere');
    refused(/--exercises nowhere: there is no such folder/, 'check', 'S01', '--exercises', 'nowhere');
  });

  it('lists the exercises by the numbers of their tracks', () => {
    const { status, stdout } = socketscope('exercises');
    assert.equal(status, 0);
    const tracks = [...stdout.matchAll(/^(\d+) \S/gm)].map(([, number]) => Number(number));
    assert.ok(tracks.length >= 8);
    assert.deepEqual(
      tracks,
      [...tracks].sort((a, b) => a - b),
    );
  });

  it('does not overwrite a file that is no trace, and says where a trace cannot be written', () => {
    file('precious.txt', 'do not lose me');
    refused(/precious\.txt: this file is no trace and was not overwritten/, 'run', '--out', 'precious.txt', echo);
    assert.equal(readFileSync(join(folder, 'precious.txt'), 'utf8'), 'do not lose me');
    refused(/its folder does not exist/, 'run', '--out', 'no/such/folder.socktrace', echo);
    refused(/is a folder/, 'run', '--out', '.', echo);
  });

  it('run: a temporary folder that is not there', () => {
    const env = { ...process.env, TMPDIR: join(folder, 'nowhere'), TEMP: join(folder, 'nowhere') };
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'run', echo], { encoding: 'utf8', cwd: folder, env });
    assert.match(stderr, /^socketscope: [^\n]*nowhere: no folder for this run can be made in it \(ENOENT\); [^\n]*TMPDIR[^\n]*\n$/);
    assert.equal(status, 2);
    assert.equal(stdout, '');
  });

  it('refuses an output folder without permission', function () {
    if (process.getuid?.() === 0) {
      // root may write anywhere but into /proc
      refused(/\/proc\/trace\.socktrace: /, 'run', '--out', '/proc/trace.socktrace', echo);
      this.test!.title += ' (as root: /proc)';
      return;
    }
    mkdirSync(join(folder, 'closed'));
    chmodSync(join(folder, 'closed'), 0o500);
    refused(/may not be written/, 'run', '--out', 'closed/x.socktrace', echo);
  });

  it('reads only traces, and says how far a broken one goes', () => {
    refused(/gone\.socktrace: there is no such file/, 'show', 'gone.socktrace');
    refused(/is a folder/, 'show', '.');
    refused(/text\.socktrace: /, 'show', file('text.socktrace', 'this is text, and no trace at all'));
    refused(/empty\.socktrace: /, 'show', file('empty.socktrace'));
    refused(/name a trace/, 'show');
    refused(/b is one file too many/, 'show', 'a', 'b');
    const made = socketscope('run', '--out', 'good.socktrace', echo);
    assert.equal(made.status, 0, made.stderr);
    const bytes = readFileSync(join(folder, 'good.socktrace'));
    refused(/--step 100000: good\.socktrace has only \d+ steps/, 'show', 'good.socktrace', '--step', '100000');
    refused(/--socket s99: there is no such socket .* s1 to s3/, 'show', 'good.socktrace', '--socket', 's99');
    refused(/--step x: must be a whole number/, 'show', 'good.socktrace', '--step', 'x');
    const newer = Buffer.from(bytes);
    newer[8] = 99;
    refused(/newer\.socktrace: .*newer/i, 'show', file('newer.socktrace', newer));
    const cut = socketscope('show', file('cut.socktrace', bytes.subarray(0, bytes.length - 300)));
    assert.equal(cut.status, 0);
    assert.match(cut.stderr, /^socketscope: cut\.socktrace: .*\n$/);
    assert.match(cut.stdout, /LISTEN/);
    const flipped = Buffer.from(bytes);
    flipped[bytes.length - 400]! ^= 0xff;
    const damaged = socketscope('show', file('damaged.socktrace', flipped));
    assert.match(damaged.stderr, /damaged at byte/);
    assert.match(damaged.stdout, /LISTEN/);
  });

  it('exports whole files or none', () => {
    assert.equal(socketscope('run', '--out', 'good.socktrace', echo).status, 0);
    const printed = socketscope('export', 'good.socktrace', '--to', 'json');
    assert.equal(printed.status, 0, printed.stderr);
    assert.equal(socketscope('export', 'good.socktrace', '--to', 'json', '--out', 'good.json').status, 0);
    assert.equal(readFileSync(join(folder, 'good.json'), 'utf8'), printed.stdout);
    assert.equal(JSON.parse(printed.stdout.split('\n')[0]!).socketscope, 1);
    refused(/its folder does not exist/, 'export', 'good.socktrace', '--to', 'json', '--out', 'no/where.json');
    mkdirSync(join(folder, 'taken'));
    refused(/is a folder|cannot be written/, 'export', 'good.socktrace', '--to', 'json', '--out', 'taken');
  });

  it('has a program’s own exit code, signal and words, whatever becomes of it', () => {
    const run = (text: string, ...more: string[]) => socketscope('run', '--print', file('program.cjs', text), ...more);
    const one = run('console.log("before"); process.exit(7)');
    assert.equal(one.status, 7);
    assert.match(one.stdout, /^before\n/);
    assert.match(one.stdout, /Nothing happened|exit: code 7/);
    const crash = run('throw new Error("on purpose")');
    assert.equal(crash.status, 1);
    assert.match(crash.stderr, /on purpose/);
    const killed = run('process.kill(process.pid, "SIGKILL")');
    assert.equal(killed.signal ?? killed.status, process.platform === 'win32' ? 1 : 'SIGKILL');
    const syntax = run('this is no JavaScript');
    assert.equal(syntax.status, 1);
    assert.match(syntax.stderr, /SyntaxError/);
    assert.deepEqual(
      run('process.stdout.write(JSON.stringify(process.argv.slice(2)))', '--', 'a b', '--then', '-x').stdout.split(']')[0],
      '["a b","--then","-x"',
    );
  });

  it('says what a kept trace has of the bytes, in the line that there is anyway', () => {
    for (const [args, words] of [
      [[], /with the first 256 bytes of each read and write; --payload 0 keeps none\)$/],
      [['--payload', 'all'], /with all bytes of each read and write/],
      [['--payload', '0'], /without the bytes that were sent\)$/],
    ] as const) {
      const { stderr } = socketscope('run', '--out', 'kept.socktrace', ...args, echo);
      const lines = stderr.trimEnd().split('\n');
      assert.match(lines.at(-1)!, words);
      assert.equal(lines.filter((line) => /keeps none|without the bytes/.test(line)).length, 1);
    }
  });

  it('--ignore and --max-bytes reach the programs', () => {
    file('asked.cjs', `console.log(process.env.SOCKETSCOPE_IGNORE, process.env.SOCKETSCOPE_MAX_BYTES);`);
    const { stdout } = socketscope('run', '--ignore', 'a b', '--ignore', 'c*', '--max-bytes', '2m', 'asked.cjs');
    assert.equal(stdout, '["a b","c*"] 2097152\n');
  });

  it('starts the next program when the first ends without ever listening, and says so', () => {
    file('first.cjs', 'process.exit(3)');
    file('second.cjs', 'console.log("second runs")');
    const { status, stdout, stderr } = socketscope('run', 'first.cjs', '--then', 'second.cjs', '--print');
    assert.match(stderr, /first\.cjs ended \(exit code 3\) without a listening or bound socket; second\.cjs starts all the same/);
    assert.match(stdout, /second runs/);
    assert.equal(status, 3);
  });

  it('explains a port that is in use', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    const { port } = server.address() as { port: number };
    try {
      file('taken.cjs', `require('node:net').createServer().listen(${port}, '127.0.0.1')`);
      const { status, stdout } = socketscope('run', 'taken.cjs', '--print');
      assert.equal(status, 1);
      assert.match(stdout, /bind\(\d+, \{127\.0\.0\.1, \d+\}\) = -1 EADDRINUSE +already in use by another/);
      assert.doesNotMatch(stdout, /listen\(\d/);
    } finally {
      server.close();
    }
  });

  it('leaves nothing behind in the folder for temporary files', () => {
    const temporary = join(folder, 'tmp');
    mkdirSync(temporary);
    const { status } = spawnSync(process.execPath, [cli, 'run', '--print', echo], {
      env: { ...process.env, TMPDIR: temporary, TEMP: temporary },
      timeout: 20_000,
    });
    assert.equal(status, 0);
    assert.deepEqual(readdirSync(temporary), []);
    assert.equal(existsSync(join(folder, 'run.socktrace')), false);
  });

  it('shows the cards of the reference, one or those that have some words', () => {
    const one = socketscope('docs', 'time-wait');
    assert.equal(one.status, 0);
    assert.match(one.stdout, /^# TIME_WAIT\n/);
    assert.match(one.stdout, /Sources: \[RFC 9293 §3\.6\.1\]/);
    assert.doesNotMatch(one.stdout, /<!--/);
    assert.match(socketscope('docs', 'eaddrinuse').stdout, /EADDRINUSE/);
    const all = socketscope('docs').stdout;
    for (const id of ['accept', 'time-wait', 'ECONNRESET']) assert.match(all, new RegExp(`^ {2}${id} `, 'm'));
    const some = socketscope('docs', 'accept', 'queue');
    assert.match(some.stdout, /cards have "accept queue"/);
    const found: { id: string; body: string }[] = JSON.parse(socketscope('docs', 'time-wait', '--json').stdout);
    assert.deepEqual(
      found.map(({ id }) => id),
      ['time-wait'],
    );
    refused(/docs: no card has "xyzzy"; socketscope docs lists them all/, 'docs', 'xyzzy');
  });
});
