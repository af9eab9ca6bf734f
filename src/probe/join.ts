import { join } from 'node:path';
import { threadId, Worker } from 'node:worker_threads';
import { PAYLOAD_ALL, PROBE_ENV, RUN_BYTES } from '../contracts/probe-stream';
import { ignoreList, quietProcess, sourceOf } from './filter';
import { hookProcessEnd } from './process-end';
import { StreamWriter } from './stream-writer';
import { Replacements } from './wrap';

/** Programs of ours beside the probe: what they do is nobody's run. */
const OURS = ['cli.js', 'exercise-exam.js', 'exercise-peer.js'];
const PAYLOAD_DEFAULT = 256;
const PAYLOAD_MOST = 65536;

/**
 * Opens this thread's stream in the run that the environment names. null when nothing is to be recorded here: there is no run, it cannot
 * be written to, or this process is a tool. A tool's stream says that it is one and how it ends.
 */
export function joinRun(): StreamWriter | null {
  const { env, argv, execArgv } = process;
  const run = env[PROBE_ENV.run];
  // Preloaded twice (node --test repeats NODE_OPTIONS on its command lines): the first one has put this function there (see hookUnseen).
  if (!run || Object.hasOwn(Worker.prototype, 'emit') || OURS.some((name) => argv[1] === join(__dirname, name))) return null;
  const looks = { argv, execArgv, env };
  const quiet = quietProcess(looks, ignoreList(env[PROBE_ENV.ignore]));
  if (quiet === 'none' || (quiet !== null && threadId !== 0)) return null;
  const writer = StreamWriter.open(run, runBytes(), {
    quiet: quiet ?? undefined,
    source: sourceOf(looks),
    payload: quiet === null ? payloadLimit() : undefined,
  });
  if (writer === null || quiet === null) return writer;
  hookProcessEnd({ on: true, writer, guarded: (_where, action) => quietly(action) }, new Replacements());
  return null;
}

/** Bytes that the run may take. */
function runBytes(): number {
  const most = Number.parseInt(process.env[PROBE_ENV.maxBytes] ?? '', 10);
  return most > 0 ? most : RUN_BYTES;
}

/** Payload bytes to keep per event: at most a sixteenth of the run, so that one event cannot use it up. */
export function payloadLimit(): number {
  return Math.min(payloadWanted(), Math.max(PAYLOAD_DEFAULT, Math.floor(runBytes() / 16)));
}

function payloadWanted(): number {
  const text = process.env[PROBE_ENV.payload] ?? '';
  if (text === 'all') return PAYLOAD_ALL;
  const wanted = Number.parseInt(text, 10);
  return Number.isNaN(wanted) ? PAYLOAD_DEFAULT : Math.min(Math.max(wanted, 0), PAYLOAD_MOST);
}

function quietly(action: () => void): void {
  try {
    action();
  } catch {
    // A tool must run as if the probe were not there, too.
  }
}
