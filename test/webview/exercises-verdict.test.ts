import assert from 'node:assert/strict';
import type { ExercisePage, ExerciseView } from '../../src/contracts/exercise-page';
import { EXERCISE_PAGES } from '../../webview/harness/exercise-pages';
import { type ExercisesPage, openExercises } from '../support/exercises-page';
import { type HarnessSite, useHarness } from '../support/harness-page';

type Name = 'fix' | 'broken' | 'passed';
const view = (name: Name) => (EXERCISE_PAGES[name] as Extract<ExercisePage, { kind: 'exercise' }>).exercise;
const exercise = (name: Name, change: Partial<ExerciseView>) => ({ kind: 'exercise' as const, exercise: { ...view(name), ...change } });

describe('the page of exercises after a check', function () {
  this.timeout(90_000);
  let site: HarnessSite;
  let at: ExercisesPage;
  useHarness((started) => {
    site = started;
  });
  afterEach(async () => at?.close());

  const open = async (page: ExercisePage, options = {}) => {
    at = await openExercises(site, page, options);
  };

  it('passed: why comes right after the verdict, and no hint is offered any more', async () => {
    await open(exercise('passed', { report: view('broken').report, hints: { opened: ['Look.'], left: 2 } }));
    const order = await at.page
      .locator('.verdict-part, .explanation, .report, .hints')
      .evaluateAll((all) => all.map((one) => one.className));
    assert.deepEqual(order, ['verdict-part', 'explanation', 'report', 'hints']);
    assert.equal(await at.text('.hints h3'), 'Hint 1');
    assert.equal(await at.page.locator('.hints', { hasText: 'can be opened' }).count(), 0);
    await at.show(exercise('passed', { hints: { opened: [], left: 3 } }));
    assert.equal((await at.text('.hints')).trim(), '');
  });

  it('a reason that several checks share is read once', async () => {
    const { report } = view('broken');
    const checks = report!.checks.map((check) => ({ ...check, status: 'failed' as const, reason: 'It ended.', feedback: null }));
    await open(exercise('broken', { report: { ...report!, checks } }));
    assert.deepEqual(await at.page.locator('.checks .reason').allTextContents(), ['It ended.']);
  });

  it('a command of one line is read whole; a drawing keeps its lines', async () => {
    const instructions = `# T\n\n\`\`\`\nnode -e "${'x'.repeat(200)}"\n\`\`\`\n\n\`\`\`\n+${'-'.repeat(200)}+\n|\n\`\`\`\n`;
    await open(exercise('fix', { instructions }), { width: 500 });
    const wide = await at.page.locator('.instructions pre').evaluateAll((all) => all.map((one) => one.scrollWidth > one.clientWidth));
    assert.deepEqual(wide, [false, true]);
  });
});
