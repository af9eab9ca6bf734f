import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExerciseService } from '../../src/vscode/exercises/exercise-service';
import { extensionPaths } from '../../src/vscode/paths';
import { Settings } from '../../src/vscode/settings';
import { alive, HOSTILE } from '../support/hostile-programs';
import { closeEverything, extension, RecordedMessages } from './support';

describe('host: exercises and programs that do harm', function () {
  this.timeout(120_000);
  if (process.platform !== 'linux') return;
  let scratch: string;
  let service: ExerciseService;
  let messages: RecordedMessages;

  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'sk-hostile-'));
    messages = new RecordedMessages();
    service = new ExerciseService({
      paths: extensionPaths(extension().extensionPath),
      settings: new Settings(),
      messages,
      storage: join(scratch, 'storage'),
      trusted: () => true,
      folder: async () => join(scratch, 'learn'),
    });
  });
  afterEach(async () => {
    await service.checks.stopAll();
    service.dispose();
    await closeEverything();
    rmSync(scratch, { recursive: true, force: true });
  });

  for (const name of ['prints-for-ever', 'forks-for-ever', 'ignores-sigterm'])
    it(`${name}: one clear sentence on the page, nothing is left behind, and a good program passes afterwards`, async () => {
      const { program, says } = HOSTILE[name]!;
      const exercise = service.library.find('S04')!;
      const dir = (await service.start(exercise))!;
      const entry = join(dir, 'server.mjs');
      writeFileSync(entry, program);
      assert.equal((await service.check(exercise))?.verdict, 'failed');
      const { report } = await service.view(exercise);
      assert.match(report?.trouble ?? '', says);
      assert.ok(!report!.trouble!.includes('\n'));
      // What it printed is cut, so that the page and the memory of the window stay small.
      assert.ok(JSON.stringify(report).length < 2 * 1024 * 1024, String(JSON.stringify(report).length));
      assert.equal(alive(name === 'forks-for-ever' ? 'hostile-fork' : entry), false);
      writeFileSync(entry, readFileSync(join(exercise.folder, 'solution', 'server.mjs'), 'utf8'));
      assert.equal((await service.check(exercise))?.verdict, 'passed');
      assert.deepEqual(messages.said, []);
    });
});
