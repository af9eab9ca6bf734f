// A copy of the extension that is translated into another language, for the test that all its words can be: there is no translation yet,
// so every text is put between brackets. Everything that has to be translated must
// come out in brackets.
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from '../lib/paths.mjs';

/** A language that VS Code knows. */
export const LANGUAGE = 'de';
/** The exercise that is translated; the others are as they are. */
export const EXERCISE = 'S01';

export const pseudo = (text) => `[${text}]`;

/** All texts of a value; its names stay. */
function texts(value) {
  if (typeof value === 'string') return pseudo(value);
  if (Array.isArray(value)) return value.map(texts);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, texts(each)]));
}

const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
const write = (path, value) => writeFileSync(path, JSON.stringify(value, null, 2));

/** What a translator would write beside exercise.json. */
function wordsOf({ title, objective, explanation, hints, feedback, predictions = [], moments = [] }) {
  const only = (entries) => Object.fromEntries(entries);
  return texts({
    ...{ title, objective, explanation, hints },
    feedback: only(Object.entries(feedback).map(([id, { broke, evidence, question }]) => [id, { broke, evidence, question }])),
    predictions: only(
      predictions.map(({ id, question, explanation: why, options = [] }) => [
        id,
        { question, explanation: why, options: only(options.map((option) => [option.id, option.text])) },
      ]),
    ),
    moments: only(
      moments.map(({ fact, question, options }) => [fact, { question, options: options.map(({ text, says }) => ({ text, says })) }]),
    ),
  });
}

/** Makes the copy below `scratch` and returns its folder. */
export function translatedExtension(scratch) {
  const folder = join(scratch, 'extension');
  mkdirSync(folder);
  for (const name of ['package.json', 'package.nls.json', 'l10n', 'media'])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  cpSync(join(root, 'dist'), join(folder, 'dist'), {
    recursive: true,
    filter: (path) => !['test', 'harness'].includes(basename(path)) && !path.endsWith('.map'),
  });
  write(join(folder, `package.nls.${LANGUAGE}.json`), texts(read(join(folder, 'package.nls.json'))));
  write(join(folder, 'l10n', `bundle.l10n.${LANGUAGE}.json`), texts(read(join(folder, 'l10n', 'bundle.l10n.json'))));
  const exercise = join(folder, 'media', 'exercises', EXERCISE);
  write(join(exercise, `exercise.${LANGUAGE}.json`), wordsOf(read(join(exercise, 'exercise.json'))));
  writeFileSync(join(exercise, `README.${LANGUAGE}.md`), `# ${pseudo('README')}\n\n${readFileSync(join(exercise, 'README.md'), 'utf8')}`);
  return folder;
}

/**
 * Makes VS Code believe that a language pack is installed: without one it speaks English only (vs/base/node/nls.ts reads this file). Its own
 * words stay English, as the pack has none.
 */
export function installLanguage(userData) {
  mkdirSync(userData, { recursive: true });
  const words = join(userData, 'main.i18n.json');
  if (!existsSync(words)) write(words, { version: '1.0.0', contents: {} });
  write(join(userData, 'languagepacks.json'), {
    [LANGUAGE]: {
      hash: 'socketscope-test',
      extensions: [{ extensionIdentifier: { id: 'socketscope-test.language' }, version: '1.0.0' }],
      translations: { vscode: words },
      label: 'Deutsch',
    },
  });
}
