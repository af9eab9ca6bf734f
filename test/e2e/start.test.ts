import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { root, script } from '../support/house';

describe('npm start', function () {
  this.timeout(120_000);

  it('traces the sample, serves VS Code at one URL, and Ctrl+C leaves no process behind', async function () {
    if (process.platform === 'win32') this.skip();
    const { tree, running } = await script<{ tree(pid: number): number[]; running(pid: number): boolean }>('lib/processes.mjs');
    const child: ChildProcess = spawn('node', [join('scripts', 'start.mjs'), '--browser'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let pids: number[] = [];
    try {
      let text = '';
      const url = await new Promise<string>((done, fail) => {
        const read = (chunk: Buffer) => {
          text += String(chunk);
          const found = /Open this in a browser:\s+(http:\S+)/.exec(
            text.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g'), ''),
          );
          if (found) done(found[1]!);
        };
        child.stdout!.on('data', read);
        child.stderr!.on('data', read);
        child.once('exit', (code) => fail(new Error(`ended with ${code}:\n${text}`)));
      });
      assert.match(text, /accept/, 'the transcript of the sample');
      assert.equal((text.match(/http:\/\//g) ?? []).length, 1, `one URL in\n${text}`);
      const page = await fetch(url);
      assert.equal(page.status, 200);
      assert.match(await page.text(), /workbench/);
      pids = tree(child.pid!);
      assert.ok(pids.length >= 2, 'start and the server');
      const ended = new Promise<number | null>((done) => child.once('exit', done));
      child.kill('SIGINT');
      assert.equal(await ended, 130);
      assert.deepEqual(pids.filter(running), []);
      assert.doesNotMatch(text, /ended by itself|Error/);
    } finally {
      for (const pid of pids.reverse()) if (running(pid)) process.kill(pid, 'SIGKILL');
      child.kill('SIGKILL');
    }
  });
});
