import { join } from 'node:path';
import { PROBE_ENV } from '../contracts/probe-stream';
import { CallSites, canCaptureSites } from './call-sites';
import { isToolProcess } from './filter';
import { openInternals } from './internals';
import { NetApi } from './net-api';
import { Recorder } from './recorder';
import { StreamHandles } from './stream-handles';
import { StreamWriter } from './stream-writer';
import { Replacements } from './wrap';

/** The name under which the probe's frames appear in stacks (the bundle ends in a sourceURL comment). */
const SCRIPT_NAME = 'node:socketscope';

function start(): void {
  const run = process.env[PROBE_ENV.run];
  if (!run || isToolProcess(process.argv[1]) || process.argv[1] === join(__dirname, 'cli.js')) return;
  const writer = StreamWriter.open(run);
  if (writer === null) return;
  const sites = canCaptureSites() ? new CallSites(writer, [__filename, SCRIPT_NAME]) : null;
  if (sites === null) writer.notice('The lines of the program cannot be told here: Node runs with frozen intrinsics.');
  const payload = Number.parseInt(process.env[PROBE_ENV.payload] ?? '', 10);
  const recorder = new Recorder(writer, sites, Number.isNaN(payload) ? 256 : Math.min(Math.max(payload, 0), 65536));
  const replacements = new Replacements();
  const internals = openInternals(process.env.SOCKETSCOPE_TEST_BREAK);
  if ('problem' in internals) {
    writer.notice(`System calls are not visible here: ${internals.problem}. Only calls of Node's net and dgram are shown.`);
    return;
  }
  new StreamHandles(recorder, internals).install(replacements);
  new NetApi(recorder).install(replacements);
  require('node:module').syncBuiltinESMExports();
}

try {
  start();
} catch {
  // Whatever it is: the program must run as if the probe were not there.
}
