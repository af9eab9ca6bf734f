/** `socketscope export` */
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exportJson } from '../export/json';
import { UserError } from '../runner/program';
import { reason } from '../runner/trace-file';
import type { Cli } from './cli';
import { oneFile, parse } from './options';
import { openTrace } from './trace-input';

const LATER = ['html', 'pcapng', 'chrome', 'otlp'];

export async function exportCommand({ args }: Cli): Promise<void> {
  const { values, positionals } = parse('export', args, { to: { type: 'string' }, out: { type: 'string' } });
  const file = oneFile('export', positionals);
  if (values.to === undefined) throw new UserError('export: name the format, such as --to json');
  if (LATER.includes(values.to)) throw new UserError(`--to ${values.to}: this format is not there yet; json is`);
  if (values.to !== 'json') throw new UserError(`--to ${values.to}: there is no such format; json is`);
  const lines = exportJson(openTrace(file));
  if (values.out === undefined) {
    for (const chunk of chunks(lines))
      if (!process.stdout.write(chunk)) await new Promise((resolve) => process.stdout.once('drain', resolve));
    return;
  }
  writeWhole(values.out, chunks(lines));
}

/** Pieces of about 64 KiB. */
function* chunks(lines: Iterable<string>): Iterable<string> {
  let text = '';
  for (const line of lines) {
    text += line;
    if (text.length < 65536) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

/** Writes beside the target and renames: the target is whole, or what it was. */
function writeWhole(path: string, pieces: Iterable<string>): void {
  const temporary = join(dirname(path), `.socketscope-${process.pid}-${Date.now()}.tmp`);
  let fd = -1;
  try {
    fd = openSync(temporary, 'wx');
    for (const piece of pieces) for (let rest = Buffer.from(piece); rest.length > 0; ) rest = rest.subarray(writeSync(fd, rest));
    closeSync(fd);
    fd = -1;
    renameSync(temporary, path);
  } catch (error) {
    if (fd >= 0) closeSync(fd);
    rmSync(temporary, { force: true });
    throw new UserError(`--out ${path}: ${reason((error as NodeJS.ErrnoException).code)}`);
  }
}
