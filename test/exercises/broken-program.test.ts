import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import type { CheckReport } from '../../src/contracts/exercises';
import { checkExercise } from '../../src/exercises/check';
import { copyOf, ours, submission } from '../support/exercises';
import { cli } from '../support/house';

/** What a check says of a program that does not get as far as its task. */
const TAKEN = /^The port that the program asks for is taken by another program/;

describe('a program that falls over by itself', function () {
  this.timeout(120_000);

  const check = async (dir: string, exercise = ours('S02')): Promise<CheckReport> => {
    try {
      return await checkExercise({ exercise, dir, cli });
    } finally {
      rmSync(dir, { recursive: true });
    }
  };
  const server = (inside: string, before = '') =>
    `import net from 'node:net';\n${before}\nconst server = net.createServer((socket) => {\n  ${inside}\n});\nserver.listen(Number(process.env.PORT ?? 4000), '127.0.0.1');\n`;

  const saysOnly = (report: CheckReport, sentence: RegExp) => {
    assert.equal(report.verdict, 'failed');
    assert.match(report.trouble ?? '', sentence);
    assert.equal(report.feedback, null, 'no misconception is blamed');
    assert.deepEqual(report.evidence, []);
    for (const { id, status, feedback, reason } of report.checks) {
      assert.equal(feedback, null, id);
      if (status === 'failed') assert.equal(reason, 'The program ended before this could be checked.', id);
    }
  };

  it('before a client comes: the line and the error, and nothing about clients', async () => {
    const report = await check(submission(server('socket.pipe(socket);', 'socket.pipe(socket);')));
    saysOnly(
      report,
      /^server\.mjs:2: ReferenceError: socket is not defined\. The program ended with this error in every run, so nothing else could be checked\.$/,
    );
  });

  it('as soon as a client comes, by a misspelled name', async () => {
    saysOnly(await check(submission(server('sokcet.pipe(socket);'))), /^server\.mjs:4: ReferenceError: sokcet is not defined\. /);
  });

  it('because its text is no program', async () => {
    saysOnly(await check(submission(server('socket.pipe(socket;'))), /^server\.mjs:4: SyntaxError: missing \) after argument list\. /);
  });

  it('a starter that was not touched gets the first thing that is missing', async () => {
    const report = await check(copyOf(ours('S02'), 'starter'));
    assert.equal(report.feedback?.id, 'no-answer');
    assert.equal(report.evidence.length, 1);
  });

  it('a reset that nobody handles is told once, with its code once', async () => {
    const report = await check(submission(server('socket.pipe(socket);')));
    assert.equal(report.feedback?.id, 'died');
    assert.equal(report.trouble, 'The program ended by an error that nobody handled (read ECONNRESET), exit code 1.');
  });

  it('a check whose feedback lacks its facts has its title alone', async () => {
    const report = await check(submission(server("socket.on('error', () => {});\n  socket.once('data', (data) => socket.write(data));")));
    assert.equal(report.feedback?.id, 'first-chunk');
    const mebibyte = report.checks.find(({ id }) => id === 'mebibyte');
    assert.deepEqual([mebibyte?.status, mebibyte?.feedback], ['failed', null]);
  });

  it('over a port that is taken is told how to ask for another, unless that port is the task', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    try {
      const fixed = server('socket.pipe(socket);').replace(/Number\(.*?4000\)/, String(port));
      assert.match((await check(submission(fixed))).trouble ?? '', TAKEN);
    } finally {
      other.close();
    }
    const task = await check(copyOf(ours('L03'), 'starter'), ours('L03'));
    assert.equal(task.feedback?.id, 'crashed');
    assert.doesNotMatch(task.trouble ?? '', TAKEN);
  });
});
