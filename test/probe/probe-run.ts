/** Runs one program with the probe alone (no collector) and reads the streams that it leaves. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { ProbeFact, ProbeNotice, ProbeOp, ProbeOperation, ProbeProcess, ProbeRecord } from '../../src/contracts/probe-stream';
import { ProbeReader } from '../../src/runner/probe-reader';
import { root } from '../support/house';
import { gather } from '../support/output';

export const probe: string = join(root, 'dist', 'probe.cjs');
export const programs: string = join(root, 'test', 'fixtures', 'programs');

export interface Outcome {
  stdout: string;
  stderr: string;
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface Stream {
  file: string;
  process: ProbeProcess;
  records: ProbeRecord[];
  ops: ProbeOperation[];
  notices: string[];
  /** What it said that it cannot see, or knows. */
  facts: ProbeFact[];
  /** null when the process did not end on its own terms. */
  exit: number | null;
}

export interface Options {
  /** Environment on top of the test's own (without its NODE_OPTIONS). */
  env?: NodeJS.ProcessEnv;
  nodeOptions?: string;
  /** Node's own arguments, before the program. */
  flags?: string[];
  stdin?: string;
  /** Called once the program runs; for those that have to be killed. */
  started?: (child: ChildProcess) => void;
}

/** Runs without the probe. */
export async function plain(node: string, program: string, args: string[] = [], options: Options = {}): Promise<Outcome> {
  return run(node, program, args, options, options.nodeOptions ?? '', {});
}

/** Runs with the probe; streams are in the order of their start. */
export async function traced(
  node: string,
  program: string,
  args: string[] = [],
  options: Options = {},
): Promise<Outcome & { streams: Stream[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'socketscope-probe-'));
  try {
    const nodeOptions = `${options.nodeOptions ?? ''} --require ${probe}`.trim();
    const outcome = await run(node, program, args, options, nodeOptions, { SOCKETSCOPE_RUN: folder });
    return { ...outcome, streams: readStreams(folder) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function readStreams(folder: string): Stream[] {
  const streams = readdirSync(folder)
    .filter((name) => name.endsWith('.probe'))
    .map((name) => {
      const reader = new ProbeReader();
      const records = reader.push(readFileSync(join(folder, name)));
      if (reader.problem !== null || reader.pending > 0) throw new Error(`${name}: ${reader.problem ?? `${reader.pending} bytes left`}`);
      return {
        file: name,
        process: records[0] as ProbeProcess,
        records,
        ops: records.filter((record) => record.type === 'op'),
        notices: records.filter((record) => record.type === 'notice' && record.text !== '').map((record) => (record as ProbeNotice).text),
        facts: records.flatMap((record) => (record.type === 'notice' && record.fact ? [record.fact] : [])),
        exit: records.find((record) => record.type === 'exit')?.code ?? null,
      };
    });
  return streams.sort((a, b) => a.process.time - b.process.time);
}

async function run(
  node: string,
  program: string,
  args: string[],
  options: Options,
  nodeOptions: string,
  env: NodeJS.ProcessEnv,
): Promise<Outcome> {
  const child = spawn(node, [...(options.flags ?? []), program, ...args], {
    env: { ...process.env, NODE_OPTIONS: nodeOptions, ...options.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    // A program that hangs fails its test.
    timeout: 25_000,
    killSignal: 'SIGKILL',
  });
  const output = gather(child);
  child.stdin.on('error', () => {});
  child.stdin.end(options.stdin ?? '');
  options.started?.(child);
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((done, fail) => {
    child.once('error', fail);
    child.once('close', (...how) => done(how));
  });
  return { ...output, code, signal };
}

/** `file:line:column`, with a `~` in front when the line is only the cause; null without a site. */
export const at = ({ site, siteIsCause }: ProbeOperation): string | null =>
  site === null ? null : `${siteIsCause ? '~' : ''}${basename(site.file)}:${site.line}:${site.column}`;

/** `op` records of a stream, or of one handle of it. */
export const ops = (stream: Stream, op: ProbeOp, handle?: number): ProbeOperation[] =>
  stream.ops.filter((record) => record.op === op && (handle === undefined || record.handle === handle));

/** Line and column (1-based) of the `nth` place in a file where `text` is. */
export function placeOf(file: string, text: string, nth = 1): string {
  const source = readFileSync(file, 'utf8');
  let index = -1;
  for (let i = 0; i < nth; i++) index = source.indexOf(text, index + 1);
  if (index === -1) throw new Error(`${basename(file)} has no "${text}"`);
  const before = source.slice(0, index).split('\n');
  return `${basename(file)}:${before.length}:${(before.at(-1) as string).length + 1}`;
}

/** The versions that a test runs on: NODES, else the given ones. */
export const versions = (usual: string): number[] => (process.env.NODES ?? usual).split(',').map(Number);
