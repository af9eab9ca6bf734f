import assert from 'node:assert/strict';
import type { ExercisePage, ExerciseView, FromExercisePage } from '../../src/contracts/exercise-page';
import { EXERCISE_PAGES } from '../../webview/harness/exercise-pages';
import { type ExercisesPage, openExercises } from '../support/exercises-page';
import { type HarnessSite, useHarness } from '../support/harness-page';

const exercise = (
  name: 'start' | 'predict' | 'running' | 'compared' | 'fix' | 'broken' | 'passed',
  change: Partial<ExerciseView> = {},
) => ({
  kind: 'exercise' as const,
  exercise: { ...(EXERCISE_PAGES[name] as Extract<ExercisePage, { kind: 'exercise' }>).exercise, ...change },
});
const view = (name: Parameters<typeof exercise>[0]) => exercise(name).exercise;

describe('the page of exercises', function () {
  this.timeout(90_000);
  let site: HarnessSite;
  let at: ExercisesPage;
  useHarness((started) => {
    site = started;
  });
  afterEach(async () => at?.close());

  const open = async (page: ExercisePage, options = {}) => {
    at = await openExercises(site, page, options);
    return at;
  };
  const last = async (): Promise<FromExercisePage | undefined> => (await at.sent()).at(-1);
  const primary = () => at.page.locator('.bar vscode-button[appearance="primary"]');
  const focused = () =>
    at.page.evaluate(() => {
      const active = document.activeElement as HTMLElement | null;
      return active?.dataset.name ?? active?.textContent ?? '';
    });

  describe('says what to press next', () => {
    const cases: [string, ExercisePage, string, FromExercisePage | null][] = [
      ['before the start', EXERCISE_PAGES.start, 'Start', { type: 'act', action: 'start' }],
      ['with questions open', EXERCISE_PAGES.predict, 'Question 1 of 4', null],
      ['while it is checked', EXERCISE_PAGES.running, 'Stop the check', { type: 'act', action: 'stop' }],
      ['a fix that was started', EXERCISE_PAGES.fix, 'Check', { type: 'act', action: 'check' }],
      ['failed, with a step that shows it', EXERCISE_PAGES.broken, 'Show me step 12', { type: 'step', scenario: 'split', seq: 12 }],
      [
        'failed, files changed since',
        exercise('broken', { report: { ...view('broken').report!, stale: true } }),
        'Check again',
        { type: 'act', action: 'check' },
      ],
      [
        'could not be checked',
        exercise('broken', { report: { ...view('broken').report!, verdict: 'ungraded', problem: 'No.', evidence: [] } }),
        'Check again',
        { type: 'act', action: 'check' },
      ],
      ['passed', EXERCISE_PAGES.passed, 'Next: Length first', { type: 'act', action: 'next' }],
      ['passed, the last of its track', exercise('passed', { next: null }), 'Finish the track', { type: 'act', action: 'next' }],
      ['the end of a track', EXERCISE_PAGES.trackEnd, 'Begin: Three writes, how many reads?', { type: 'open', id: 'B01' }],
      ['a problem', EXERCISE_PAGES.problem, 'All exercises', { type: 'act', action: 'list' }],
    ];
    for (const [when, page, text, message] of cases)
      it(when, async () => {
        await open(page);
        assert.equal(await primary().count(), 1);
        assert.equal((await primary().textContent())?.trim(), text);
        assert.ok(await primary().isVisible());
        await primary().click();
        if (message) assert.deepEqual(await last(), message);
        else assert.equal((await at.sent()).length, 1, 'only ready');
      });

    it('and offers hints with their number, reset, files, and the solution only when it may be seen, with the reason', async () => {
      await open(EXERCISE_PAGES.broken);
      await at.press('hint');
      assert.deepEqual(await last(), { type: 'act', action: 'hint' });
      assert.equal(await at.text('[data-name="hint"]'), 'Hint (2 left)');
      assert.equal(await at.page.locator('[data-name="solution"]').count(), 0);
      assert.match(await at.text('.hints'), /The solution opens when you have passed, or when all hints are open\./);
      for (const action of ['reset', 'files', 'list', 'timeline'] as const) {
        await at.press(action);
        assert.deepEqual(await last(), { type: 'act', action });
      }
      await at.show(exercise('broken', { hints: { opened: ['one', 'two'], left: 1 } }));
      assert.equal(await at.text('[data-name="hint"]'), 'Last hint (1 left)');
      assert.match((await at.page.locator('[data-name="hint"]').getAttribute('title')) ?? '', /passed with help/);
      await at.show(exercise('broken', { hints: { opened: ['one', 'two', 'three'], left: 0 }, maySeeSolution: true }));
      assert.equal(await at.page.locator('[data-name="hint"]').count(), 0);
      await at.press('solution');
      assert.deepEqual(await last(), { type: 'act', action: 'solution' });
    });
  });

  it('shows title, track, difficulty in words and dots, minutes, state, objective, and the title once', async () => {
    await open(EXERCISE_PAGES.predict);
    assert.deepEqual(await at.page.locator('h1').allTextContents(), ['What does one line of listen() do?']);
    const facts = await at.page.locator('.facts li').allTextContents();
    assert.deepEqual(facts, ['Track 1: A socket is born', 'Predict', 'difficulty 2 of 5: ●●○○○ easy', 'about 10 minutes', ' started']);
    assert.match(await at.text('.head'), /You can name the system calls behind server\.listen/);
  });

  it('links in the instructions act, open cards, or are ordinary; others are text', async () => {
    await open(
      exercise('predict', {
        instructions: `${view('predict').instructions}\n\n[a](javascript:alert(1)) [b](socketscope:evil) [c](file:///etc/passwd)`,
      }),
    );
    const links = at.page.locator('.instructions');
    await links.getByText('run and compare').click();
    assert.deepEqual(await last(), { type: 'act', action: 'check' });
    await links.getByText('about listen').click();
    assert.deepEqual(await last(), { type: 'card', id: 'listen' });
    await links.getByText('ports').click();
    assert.deepEqual(await last(), { type: 'card', id: 'ephemeral-ports' });
    assert.deepEqual(await links.locator('a').evaluateAll((all) => all.map((one) => one.getAttribute('href'))), [
      'https://man7.org/linux/man-pages/man2/listen.2.html',
    ]);
    assert.match(await at.text('.instructions'), /a b c$/);
  });

  describe('asks before the run', () => {
    const question = (id: string) => at.page.locator(`[data-prediction="${id}"]`);
    const answers = async () => (await at.sent()).filter((one) => one.type === 'answer');

    it('one of several, with how sure, or "I don\'t know"', async () => {
      await open(EXERCISE_PAGES.predict);
      await question('state').getByLabel('LISTEN').check();
      await question('state').getByLabel('fairly sure').check();
      await question('state').getByLabel("I don't know").check();
      assert.deepEqual(await answers(), [
        { type: 'answer', prediction: 'state', answer: { answer: 'LISTEN' } },
        { type: 'answer', prediction: 'state', answer: { answer: 'LISTEN', confidence: 3 } },
        { type: 'answer', prediction: 'state', answer: { answer: null, unknown: true } },
      ]);
      assert.ok(await question('state').getByLabel('fairly sure').isDisabled());
      await question('state').getByLabel('CLOSED').check();
      assert.deepEqual((await answers()).at(-1)?.answer, { answer: 'CLOSED' });
    });

    it('a number, and says what is none', async () => {
      await open(EXERCISE_PAGES.predict);
      const field = question('reads').locator('input[type="text"]');
      await field.fill('thre');
      assert.deepEqual((await answers()).at(-1)?.answer, { answer: null });
      assert.equal(await field.getAttribute('aria-invalid'), 'true');
      assert.equal(await at.text('.field-error'), '"thre" is not a number. Write digits only, for example 3 or 2.5.');
      await field.fill('2,5');
      assert.deepEqual((await answers()).at(-1)?.answer, { answer: 2.5 });
      assert.equal(await question('reads').locator('.field-error').isVisible(), false);
      await question('reads').getByLabel("I don't know").check();
      assert.deepEqual((await answers()).at(-1)?.answer, { answer: null, unknown: true });
      assert.ok(await field.isDisabled());
    });

    it('an order, by keyboard alone: add, up, down, remove, each said aloud, the focus stays at hand', async () => {
      await open(EXERCISE_PAGES.predict);
      const order = () =>
        question('calls')
          .locator('.order .card')
          .evaluateAll((all) => all.map((one) => one.getAttribute('data-id')));
      const press = async (name: string, said: string, after: string) => {
        if (name !== (await focused())) await at.page.locator(`[data-name="${name}"]`).focus();
        await at.page.keyboard.press('Enter');
        assert.equal(await at.text('.exercises > [role="status"]'), said);
        assert.equal(await focused(), after);
      };
      await press('calls-add-socket', 'socket added at place 1', 'calls-add-bind');
      await press('calls-add-bind', 'bind added at place 2', 'calls-add-listen');
      await press('calls-add-getsockname', 'getsockname added at place 3', 'calls-add-accept');
      await press('calls-up-getsockname', 'getsockname: place 2 of 3', 'calls-up-getsockname');
      await press('calls-up-getsockname', 'getsockname: place 1 of 3', 'calls-down-getsockname');
      assert.deepEqual(await order(), ['getsockname', 'socket', 'bind']);
      await press('calls-down-getsockname', 'getsockname: place 2 of 3', 'calls-down-getsockname');
      await press('calls-remove-socket', 'socket left out', 'calls-remove-getsockname');
      assert.deepEqual((await answers()).at(-1), { type: 'answer', prediction: 'calls', answer: { answer: ['getsockname', 'bind'] } });
      assert.deepEqual(
        await question('calls')
          .locator('.pool .card')
          .evaluateAll((all) => all.map((one) => one.getAttribute('data-id'))),
        ['socket', 'listen', 'accept'],
      );
      assert.equal((await answers()).length, 7);
    });

    it('an order, by mouse: into the order, to another place, out again; Escape lets go', async () => {
      await open(EXERCISE_PAGES.predict, { height: 1000 });
      const card = (id: string) => question('calls').locator(`.card[data-id="${id}"] .card-text`);
      const drag = async (id: string, to: { x: number; y: number }, cancel = false) => {
        const box = (await card(id).boundingBox())!;
        await at.page.mouse.move(box.x + 10, box.y + box.height / 2);
        await at.page.mouse.down();
        await at.page.mouse.move(to.x, to.y, { steps: 3 });
        if (cancel) await at.page.keyboard.press('Escape');
        await at.page.mouse.up();
      };
      const middle = async (selector: string, dy = 0) => {
        const box = (await question('calls').locator(selector).boundingBox())!;
        return { x: box.x + box.width / 2, y: box.y + box.height / 2 + dy };
      };
      await question('calls').scrollIntoViewIfNeeded();
      await drag('bind', await middle('[data-drop="order"]'));
      await drag('socket', await middle('.order .card[data-id="bind"]', -8));
      await drag('listen', await middle('.order .card[data-id="bind"]', 8), true);
      assert.deepEqual(
        (await answers()).map(({ answer }) => answer.answer),
        [['bind'], ['socket', 'bind']],
      );
      await drag('socket', await middle('.order .card[data-id="bind"]', 10));
      await drag('bind', await middle('[data-drop="pool"]'));
      assert.deepEqual(
        (await answers()).slice(2).map(({ answer }) => answer.answer),
        [['bind', 'socket'], ['socket']],
      );
      assert.equal(await at.page.locator('.drop-line, .dragged').count(), 0);
    });

    it('goes to the next question without an answer, and to the run when all have one', async () => {
      await open(EXERCISE_PAGES.predict);
      await primary().click();
      assert.equal(await focused(), 'calls-add-socket');
      await at.page.keyboard.press('Enter');
      assert.equal(await primary().textContent(), 'Question 2 of 4');
      await question('state').getByLabel('LISTEN').check();
      for (const id of ['reads', 'path']) await question(id).getByLabel("I don't know").check();
      assert.equal(await primary().textContent(), 'Run and compare');
      await primary().click();
      assert.deepEqual(await last(), { type: 'act', action: 'check' });
    });

    it('an older answer that comes back does not undo what was entered since; the last one is kept over a new page', async () => {
      await open(EXERCISE_PAGES.predict);
      const field = question('reads').locator('input[type="text"]');
      await field.focus();
      await at.page.keyboard.type('12');
      const withAnswer = (answer: number | null) =>
        exercise('predict', {
          predictions: view('predict').predictions.map((one) =>
            one.id === 'reads' ? { ...one, answer: answer === null ? null : { answer } } : one,
          ),
        });
      await at.show(withAnswer(1));
      assert.equal(await field.inputValue(), '12');
      assert.equal(await focused(), 'reads-number');
      await at.show(withAnswer(12));
      assert.equal(await field.inputValue(), '12');
      await at.show(withAnswer(7));
      assert.equal(await field.inputValue(), '7', 'answers.json was changed elsewhere');
      await at.show(withAnswer(null));
      assert.equal(await field.inputValue(), '', 'the exercise was reset');
    });
  });

  describe('after the run', () => {
    it('predictions and what happened stand side by side; no reason before it is asked for, then one misconception first', async () => {
      await open(EXERCISE_PAGES.compared);
      const rows = await at.page.locator('.comparison tbody tr').evaluateAll((all) =>
        all.map((row) =>
          [...row.querySelectorAll('td')].map((cell) =>
            ((cell as HTMLElement).innerText ?? '')
              .trim()
              .split(/\s*\n\s*/)
              .join(' '),
          ),
        ),
      );
      assert.deepEqual(rows, [
        ['socket bind listen accept', 'socket bind listen getsockname', 'different'],
        ['ESTABLISHED', 'LISTEN', 'different'],
        ["I don't know", '1', 'you did not know'],
        ['FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT', 'FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT', 'as expected'],
      ]);
      assert.deepEqual(await at.page.locator('.sequence .differs').allTextContents(), ['accept']);
      assert.doesNotMatch(await at.text('.content'), /You expected accept|becomes passive/);
      assert.equal(await primary().textContent(), 'Explain the differences');
      await primary().click();
      assert.equal(await focused(), 'Explanations');
      assert.deepEqual(
        await at.page.locator('details.explained').evaluateAll((all) => all.map((one) => (one as HTMLDetailsElement).open)),
        [true, false, false, false],
      );
      assert.ok(await at.page.getByText('You expected accept before any client was there.').isVisible());
      assert.equal(await at.page.getByText('You expected ESTABLISHED.').isVisible(), false);
      await at.press('explained-calls-step-1');
      assert.deepEqual(await last(), { type: 'step', scenario: 'alone', seq: 5 });
      await at.press('explained-calls-line-0');
      assert.deepEqual(await last(), { type: 'line', file: '/home/ada/socketscope/S01/listen.mjs', line: 7, column: 3 });
      await at.press('explained-calls-card');
      assert.deepEqual(await last(), { type: 'card', id: 'accept' });
      assert.equal(await primary().textContent(), 'Show me step 4');
      // The same run again stays open; another run is compared anew.
      await at.show(exercise('compared', { hints: { opened: ['x'], left: 2 } }));
      assert.equal(await at.page.locator('details.explained').count(), 4);
      const predictions = view('compared').predictions.map((one) =>
        one.id === 'reads' ? { ...one, result: { ...one.result!, actual: 2 } } : one,
      );
      await at.show(exercise('compared', { predictions }));
      assert.equal(await at.page.locator('details.explained').count(), 0);
    });

    it('answers can be changed below it', async () => {
      await open(EXERCISE_PAGES.compared);
      assert.equal(await at.page.locator('[data-prediction="state"]').isVisible(), false);
      await at.press('change-head');
      await at.page.locator('[data-prediction="state"]').getByLabel('LISTEN').check();
      assert.deepEqual(await last(), { type: 'answer', prediction: 'state', answer: { answer: 'LISTEN', confidence: 4 } });
      await at.show(exercise('compared', { report: { ...view('compared').report!, stale: true } }));
      assert.ok(await at.page.locator('[data-prediction="state"]').isVisible());
      assert.equal(await primary().textContent(), 'Check again');
    });

    it('trouble comes first, then one feedback with its steps, then every check with its state in words', async () => {
      await open(EXERCISE_PAGES.broken);
      const order = await at.page.evaluate(() =>
        ['.verdict', '.trouble', '.feedback', '.evidence', '.checks', '.run'].map(
          (selector) => document.querySelector(selector)!.getBoundingClientRect().top,
        ),
      );
      assert.deepEqual(
        order,
        [...order].sort((a, b) => a - b),
      );
      assert.equal(await at.text('.verdict'), 'Not yet3 of 7 points');
      assert.equal(await at.page.locator('.feedback:visible').count(), 1);
      assert.deepEqual(await at.page.locator('.checks .status').allTextContents(), ['passed', 'failed', 'failed', 'skipped']);
      assert.match(await at.text('[data-check="memory"]'), /The kernel can be asked on Linux only\./);
      await at.press('check-utf8-head');
      assert.equal(await at.page.locator('.feedback:visible').count(), 2);
      await at.press('run-split-head');
      await at.press('run-split-see');
      assert.deepEqual(await last(), { type: 'step', scenario: 'split', seq: 1 });
    });

    it('output, instructions and feedback are data: no markup, no escape sequence, no turned text', async () => {
      const evil = '<img src=x onerror=alert(1)> \u001b[31mred\u001b[0m \u202egnp.exe';
      const report = view('broken').report!;
      const feedback = { ...report.feedback!, broke: evil, evidence: evil, question: evil };
      await open(
        exercise('broken', {
          title: evil,
          instructions: evil,
          hints: { opened: [evil], left: 2 },
          report: { ...report, trouble: evil, feedback },
        }),
      );
      await at.press('run-split-head');
      const shown = '<img src=x onerror=alert(1)> \\u001b[31mred\\u001b[0m \\u202egnp.exe';
      assert.equal(await at.text('.run .stream'), `${shown}\n`);
      for (const selector of ['h1', '.instructions p', '.trouble span:last-child', '.feedback-broke', '.hint p'])
        assert.equal(await at.text(selector), shown, selector);
      assert.equal(await at.page.locator('img').count(), 0);
    });

    it('says that a result is old', async () => {
      await open(EXERCISE_PAGES.broken);
      assert.equal(await at.page.locator('.stale').count(), 0);
      await at.show(exercise('broken', { report: { ...view('broken').report!, stale: true } }));
      assert.match(await at.text('.stale'), /your files were changed after this check/);
    });

    it('questions at steps: the step, then an answer and what it says', async () => {
      await open(EXERCISE_PAGES.passed);
      await at.press('moment-0-go');
      assert.deepEqual(await last(), { type: 'step', scenario: 'split', seq: 12 });
      assert.match(await at.text('.moment .says'), /^not so: It would be the same/);
      await at.press('moment-0-0');
      assert.deepEqual(await last(), { type: 'moment', index: 0, option: 0 });
      const [moment] = view('passed').moments;
      await at.show(exercise('passed', { moments: [{ ...moment!, picked: { option: 0, right: true, says: 'Yes.' } }] }));
      assert.equal(await focused(), 'moment-0-0');
      assert.equal(await at.text('.exercises > [role="status"]'), 'right: Yes.');
      assert.equal(await at.page.locator('[data-name="moment-0-0"]').getAttribute('aria-pressed'), 'true');
      assert.match(await at.text('.explanation'), /^Why it passesYour program keeps/);
    });
  });

  describe('keeps the focus where somebody works', () => {
    it('a check by keyboard: the bar, then the verdict, said politely', async () => {
      await open(EXERCISE_PAGES.fix);
      await primary().focus();
      await at.page.keyboard.press('Enter');
      assert.deepEqual(await last(), { type: 'act', action: 'check' });
      await at.show(EXERCISE_PAGES.running);
      assert.equal(await focused(), 'stop');
      assert.equal(await at.text('.exercises > [role="status"]'), 'Checking: scenario 2 of 5, a line in two pieces');
      await at.show(exercise('broken', { hints: view('fix').hints }));
      assert.equal(await focused(), 'verdict');
      assert.equal(await at.text('.exercises > [role="status"]'), 'The check is done. Not yet: 3 of 7 points.');
    });

    it('a message right after the verdict does not end the way there', async () => {
      await open(EXERCISE_PAGES.running, { height: 400 });
      await at.page.emulateMedia({ reducedMotion: 'no-preference' });
      await at.page.locator('[data-name="stop"]').focus();
      await at.page.locator('.page').evaluate((page) => page.scrollTo(0, page.scrollHeight));
      await at.page.evaluate(
        (pages) => {
          for (const page of pages) (window as unknown as { harness: { send(m: unknown): void } }).harness.send({ type: 'page', page });
        },
        [exercise('broken'), exercise('broken', { progress: { ...view('broken').progress, attempts: 9 } })],
      );
      await at.page.waitForFunction(() => {
        const top = document.querySelector('[data-name="verdict"]')?.getBoundingClientRect().top ?? -1;
        return top >= 0 && top < 100;
      });
    });

    it('who types, or reads elsewhere, is left alone: field, text, place', async () => {
      await open(exercise('predict', { running: { says: 'it runs' } }), { height: 500 });
      const field = at.page.locator('[data-prediction="reads"] input[type="text"]');
      await field.fill('4');
      const place = await at.page.locator('.page').evaluate((page) => page.scrollTop);
      assert.ok(place > 0);
      await at.show(exercise('compared', { predictions: view('compared').predictions.map((one) => ({ ...one, answer: null })) }));
      assert.equal(await field.inputValue(), '4');
      assert.equal(await focused(), 'reads-number');
      await at.show(EXERCISE_PAGES.predict);
      assert.equal(await field.inputValue(), '4');
      await at.page.locator('.page').evaluate((page) => page.scrollTo(0, 120));
      await at.show(exercise('predict', { hints: { opened: ['new'], left: 2 }, progress: { ...view('predict').progress, hints: 1 } }));
      assert.equal(await at.page.locator('.page').evaluate((page) => page.scrollTop), 120);
    });

    it('a hint by keyboard goes to the hint; another exercise begins at its title', async () => {
      await open(EXERCISE_PAGES.broken);
      await at.page.locator('[data-name="hint"]').focus();
      await at.page.keyboard.press('Enter');
      await at.show(exercise('broken', { hints: { opened: ['one', 'two'], left: 1 } }));
      assert.equal(await focused(), 'hint-2');
      await at.show(EXERCISE_PAGES.passed);
      assert.equal(await at.page.evaluate(() => document.activeElement?.className), 'page', 'the hint is gone, the place is kept');
      await at.show(EXERCISE_PAGES.predict);
      assert.equal(await focused(), 'What does one line of listen() do?');
      assert.equal(await at.page.locator('.page').evaluate((page) => page.scrollTop), 0);
      assert.deepEqual(await at.page.evaluate(() => (window as unknown as { harness: { state: unknown } }).harness.state), {
        exercise: 'S01',
      });
    });
  });

  describe('quiz', () => {
    it('an answer by keyboard, what it says, the next question', async () => {
      await open(EXERCISE_PAGES.quiz);
      assert.match(await at.text('.quiz'), /^Quiz: Question 2 of 3/);
      await at.press('answer');
      assert.equal(await at.text('.exercises > [role="status"]'), 'Pick an answer first.');
      assert.equal(await focused(), 'quiz-a');
      await at.page.keyboard.press('ArrowDown');
      await at.page.keyboard.press('Enter');
      assert.deepEqual(await last(), { type: 'quiz-answer', option: 'b' });
      await at.show(EXERCISE_PAGES.quizAnswer);
      assert.deepEqual(await at.page.locator('.quiz-options strong').allTextContents(), [' (the right answer)', ' (your answer)']);
      assert.match(await focused(), /^Not so\. TCP hands over bytes/);
      assert.match(await at.text('.quiz'), /This comes back on 1 December\./);
      await primary().click();
      assert.deepEqual(await last(), { type: 'quiz-next' });
      await at.show(EXERCISE_PAGES.quizEnd);
      assert.match(await at.text('.quiz'), /2 of 3 right\..*1 December: Bytes, not messages/);
    });

    it('"I don\'t know" is an answer', async () => {
      await open(EXERCISE_PAGES.quiz);
      await at.press('dont-know');
      assert.deepEqual(await last(), { type: 'quiz-answer', option: null });
    });
  });

  it('the end of a track says what one can do now, and what to try again', async () => {
    await open(EXERCISE_PAGES.trackEnd);
    assert.equal(await at.text('h1'), 'Done: Track 1: A socket is born');
    assert.equal(await at.page.locator('.can li').count(), 2);
    await at.press('again-S02');
    assert.deepEqual(await last(), { type: 'open', id: 'S02' });
    assert.match(await at.text('.again'), /on 3 December/);
  });
});
