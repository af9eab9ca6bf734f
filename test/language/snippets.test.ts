import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { JavaScriptSupport } from '../../src/language/javascript';
import { freePort } from '../support/free-port';
import { root } from '../support/house';
import { GRAMMARS } from './support';

interface Snippet {
  prefix: string[];
  description: string;
  body: string[];
}
const SNIPPETS: Record<string, Snippet> = JSON.parse(readFileSync(join(root, 'media', 'snippets', 'sockets.json'), 'utf8'));

/** The text that is inserted, with the first choice or default at each stop. */
const inserted = ({ body }: Snippet): string =>
  body
    .join('\n')
    .replace(/\$\{\d+\|([^,|]*)[^}]*\}/g, '$1')
    .replace(/\$\{\d+:((?:[^{}]|\{[^}]*\})*)\}/g, '$1')
    .replace(/\$\d+/g, '');

describe('snippets', function () {
  this.timeout(20_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'socketscope-snippets-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [name, snippet] of Object.entries(SNIPPETS)) {
    it(`${name}: is a program in which every socket call is found, and nothing is remarked`, async () => {
      const text = inserted(snippet);
      assert.doesNotMatch(text, /\$\{|\|/);
      const create = await new JavaScriptSupport(GRAMMARS).prepare('javascript');
      const document = create(text);
      const { calls, insight } = document.look();
      assert.ok(calls.length >= 3, `${calls.length} calls`);
      assert.deepEqual(insight!.remarks(), []);
      document.dispose();
    });
  }

  for (const [server, dialler, says] of [
    ['TCP server', 'TCP client', 'helloclosed'],
    ['UDP server', 'UDP client', 'hello'],
    ['Unix-domain server', 'Unix-domain client', 'helloclosed'],
  ] as const) {
    it(`${server} and ${dialler} work together`, async function () {
      if (server.startsWith('Unix') && process.platform === 'win32') this.skip();
      const port = String(await freePort());
      const write = (name: string, snippet: Snippet) => {
        const file = join(folder, name);
        writeFileSync(file, inserted(snippet).replaceAll('8080', port).replaceAll('/tmp/example.sock', join(folder, 'example.sock')));
        return file;
      };
      const waiting = spawn(process.execPath, [write('server.mjs', SNIPPETS[server]!)], { stdio: ['ignore', 'pipe', 'inherit'] });
      try {
        const ready = await new Promise<string>((resolve) => createInterface(waiting.stdout!).once('line', resolve));
        assert.match(ready, /^(listening on|bound to)/);
        const calling = spawn(process.execPath, [write('client.mjs', SNIPPETS[dialler]!)], { stdio: ['ignore', 'pipe', 'inherit'] });
        let said = '';
        calling.stdout!.on('data', (chunk) => {
          said += chunk;
        });
        const code = await new Promise((resolve) => calling.once('close', resolve));
        assert.equal(code, 0);
        assert.equal(said.replaceAll('\n', ''), says);
      } finally {
        waiting.kill();
      }
    });
  }
});
