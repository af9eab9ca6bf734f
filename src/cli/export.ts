/** `socketscope export` */
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { exportHtml, withFont } from '../export/html';
import { exportJson } from '../export/json';
import { UserError } from '../runner/program';
import { reason } from '../runner/trace-file';
import type { Cli } from './cli';
import { oneFile, parse, wholeNumber } from './options';
import { openTrace } from './trace-input';

const LATER = ['pcapng', 'chrome', 'otlp'];

export async function exportCommand({ args }: Cli): Promise<void> {
  const { values, positionals } = parse('export', args, { to: { type: 'string' }, out: { type: 'string' }, step: { type: 'string' } });
  const file = oneFile('export', positionals);
  if (values.to === undefined) throw new UserError('export: name the format, such as --to json');
  if (LATER.includes(values.to)) throw new UserError(`--to ${values.to}: this format is not there yet; json and html are`);
  if (values.to !== 'json' && values.to !== 'html') throw new UserError(`--to ${values.to}: there is no such format; json and html are`);
  const step = wholeNumber('--step', values.step, 0, Number.MAX_SAFE_INTEGER);
  if (step !== undefined && values.to === 'json')
    throw new UserError('--step is for --to html, where it says at which step the page opens');
  // Opened in any case: what is no trace is said before anything is written.
  const trace = openTrace(file);
  const pieces = values.to === 'json' ? exportJson(trace) : htmlPage(file, Math.min(step ?? 0, trace.size));
  if (values.out === undefined) {
    for (const chunk of chunks(pieces))
      if (!process.stdout.write(chunk)) await new Promise((resolve) => process.stdout.once('drain', resolve));
    return;
  }
  writeWhole(values.out, chunks(pieces));
}

/** The page with the timeline's own files, which are beside this program. */
function htmlPage(file: string, step: number): Iterable<string> {
  const asset = (name: string) => join(__dirname, 'webview', name);
  const text = (name: string) => readFileSync(asset(name), 'utf8');
  return exportHtml({
    scripts: [text('offline.js'), text('timeline.js')],
    styles: [withFont(text('codicon.css'), readFileSync(asset('codicon.ttf'))), text('timeline.css')],
    trace: bytesOf(file),
    title: basename(file),
    step,
    nonce: randomBytes(16).toString('base64url'),
  });
}

/** The file as it is, in pieces that the caller may keep. */
function* bytesOf(path: string): Iterable<Uint8Array> {
  const fd = openSync(path, 'r');
  try {
    for (;;) {
      const piece = new Uint8Array(3 << 16);
      const count = readSync(fd, piece, 0, piece.length, null);
      if (count === 0) return;
      yield piece.subarray(0, count);
    }
  } finally {
    closeSync(fd);
  }
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
