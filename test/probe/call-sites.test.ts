import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSync, transformSync } from 'esbuild';
import type { ProbeOp, ProbeOperation } from '../../src/contracts/probe-stream';
import { nodePath, root, skip } from '../support/house';
import { at, ops, placeOf, traced, versions } from './probe-run';

const source = join(root, 'test', 'fixtures', 'sites', 'calls.mts');

/** What the program is run as: the file to run, Node's flags, and the file in which the lines are expected. */
interface Variant {
  program: string;
  flags?: string[];
  lines: string;
}

/** Each makes its files in a folder of its own; null where this version of Node cannot run it. */
const variants: Record<string, (folder: string, major: number) => Variant | null> = {
  'an ES module': (folder) => compiled(folder, 'calls.mjs', {}),
  CommonJS: (folder) => compiled(folder, 'calls.cjs', { format: 'cjs' }),
  'type stripping': (folder, major) => {
    const program = copy(folder, 'calls.mts');
    return major < 22 ? null : { program, lines: program, flags: major === 22 ? ['--experimental-strip-types'] : [] };
  },
  'transformed types': (folder, major) => {
    const program = copy(folder, 'calls.mts', 'enum Kind {\n  one = 1,\n  two,\n}\nconsole.log(Kind.two);\n');
    return major === 22 || major === 24 ? { program, lines: program, flags: ['--experimental-transform-types'] } : null;
  },
  tsx: (folder) => {
    const program = copy(folder, 'calls.mts');
    return { program, lines: program, flags: ['--import', pathToFileURL(join(root, 'node_modules/tsx/dist/loader.mjs')).href] };
  },
  'tsc with --enable-source-maps': (folder) => {
    const lines = copy(folder, 'calls.mts');
    return { program: tsc(folder, lines), lines, flags: ['--enable-source-maps'] };
  },
  // The lines of the JavaScript; whoever shows them has the map.
  'tsc without --enable-source-maps': (folder) => {
    const program = tsc(folder, copy(folder, 'calls.mts'));
    return { program, lines: program };
  },
  'a bundle with --enable-source-maps': (folder) => {
    const lines = copy(folder, 'calls.mts');
    const program = join(folder, 'bundle.mjs');
    const options = { bundle: true, minify: true, sourcemap: 'inline', platform: 'node', format: 'esm' } as const;
    buildSync({ entryPoints: [lines], outfile: program, ...options });
    return { program, lines, flags: ['--enable-source-maps'] };
  },
};

function copy(folder: string, name: string, before = ''): string {
  writeFileSync(join(folder, name), before + readFileSync(source, 'utf8'));
  return join(folder, name);
}

function compiled(folder: string, name: string, options: { format?: 'cjs' }): Variant {
  const text = options.format
    ? readFileSync(source, 'utf8').replace(/^await (\w+)\(\);$/gm, 'chain = chain.then($1);')
    : readFileSync(source, 'utf8');
  const { code } = transformSync(options.format ? `let chain = Promise.resolve();\n${text}` : text, { loader: 'ts', ...options });
  const program = join(folder, name);
  // The texts that are looked for are written with single quotes.
  writeFileSync(program, code.replaceAll('"', "'"));
  return { program, lines: program };
}

function tsc(folder: string, file: string): string {
  const out = join(folder, 'out');
  mkdirSync(out);
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = [
    '--target',
    'es2022',
    '--module',
    'nodenext',
    '--sourceMap',
    '--skipLibCheck',
    '--noCheck',
    '--types',
    '',
    '--outDir',
    out,
  ];
  const { status, stdout } = spawnSync(process.execPath, [compiler, file, ...options], { encoding: 'utf8', cwd: folder });
  assert.equal(status, 0, stdout);
  return join(out, 'calls.mjs');
}

/** In the order of the program: operation, text that starts where the call is, and whether that line only led to it. */
const EXPECTED: [ProbeOp, string, 'call' | 'cause'][] = [
  // tcp()
  ['listen', 'listen(0', 'call'],
  ['connect', 'connect({', 'cause'],
  ['accept', 'listen(0', 'cause'],
  ['option', 'setNoDelay(true', 'call'],
  ['write', "write('written after await", 'call'],
  ['write', 'write(answer.text', 'call'],
  ['write', "write('written in a timer", 'call'],
  ['write', "end('ended in a microtask", 'call'],
  ['shutdown', "end('ended in a microtask", 'call'],
  ['write', "end('ended in an arrow", 'call'],
];

describe('the line of every call', function () {
  this.timeout(60_000);
  for (const major of versions('20,22,24,26')) {
    for (const [name, make] of Object.entries(variants)) {
      it(`${name}, Node ${major}`, async function () {
        const node = await nodePath(major);
        if (node === null) skip(this, `no Node ${major}`);
        const folder = realpathSync(mkdtempSync(join(tmpdir(), 'socketscope-sites-')));
        try {
          const variant = make(folder, major);
          // Not a thing that this version can do: nothing to test.
          if (variant === null) return;
          const options = { flags: ['--no-warnings', ...(variant.flags ?? [])] };
          const { code, stderr, streams } = await traced(node, variant.program, [], options);
          assert.equal(code, 0, stderr);
          const [stream] = streams;
          const place = (text: string, nth = 1) => placeOf(variant.lines, text, nth);
          const where = (op: ProbeOperation) => `${op.op} ${at(op)}`;
          const listed = stream!.ops.filter(({ op }) => EXPECTED.some(([each]) => each === op)).map(where);
          for (const [op, text, how] of EXPECTED) {
            const wanted = `${op} ${how === 'cause' ? '~' : ''}${place(text)}`;
            assert.ok(listed.includes(wanted), `${wanted} (${text}) is not among\n${listed.join('\n')}`);
          }
          // Every line that is told is one on which a call stands.
          const lines = readFileSync(variant.lines, 'utf8').split('\n');
          for (const { op, site } of stream!.ops) {
            if (site === null) continue;
            assert.equal(site.file, variant.lines);
            const called = lines[site.line - 1]!.slice(site.column - 1);
            assert.match(called, /^\w+\(|^new /, `${op} at ${site.line}:${site.column}`);
          }
          // What Node does by itself has the line that led to it.
          const has = (op: ProbeOp, text: string, nth = 1) =>
            assert.ok(
              ops(stream!, op).some((each) => at(each) === `~${place(text, nth)}`),
              `a ${op} because of ${text}`,
            );
          for (const op of ['write', 'shutdown', 'close'] as const) has(op, 'pipe(peer)');
          for (const op of ['write', 'shutdown', 'close'] as const) has(op, 'pipeline(source');
          has('bind', 'bind(0');
          has('bind', "send('sent before any bind");
          has('send', "send('sent before any bind");
          has('write', 'request({ port');
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      });
    }
  }
});
