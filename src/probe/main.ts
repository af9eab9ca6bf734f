import { syncBuiltinESMExports } from 'node:module';
import { PROBE_ENV } from '../contracts/probe-stream';
import { CallSites, canCaptureSites } from './call-sites';
import { hookFatalStacks } from './clean-stacks';
import { DatagramHooks } from './datagram-hooks';
import { hookDgramApi } from './dgram-api';
import { hookPublicApi } from './fallback';
import { faultPlan, installFaults, sayFaults } from './faults/install';
import { OWN_FILES } from './foreign-errors';
import { hookHttpReads } from './http-reads';
import { openInternals } from './internals';
import { joinRun, payloadLimit } from './join';
import { hookLedTo } from './led-to';
import { hookNetApi } from './net-api';
import { hookProcessEnd } from './process-end';
import { Recorder } from './recorder';
import { hookSocketEvents } from './socket-events';
import { hookBirth, hookListen } from './stream-birth';
import { hookEnd, hookOptions } from './stream-end';
import { StreamContext } from './stream-hooks';
import { hookRead } from './stream-read';
import { hookWrite } from './stream-write';
import { TlsHooks } from './tls-hooks';
import { hookUnseen } from './unseen';
import { hookSourceTexts, Replacements } from './wrap';

function start(): void {
  // Where nobody preloads anything, the program's require.cache has only what it required.
  Reflect.deleteProperty(require.cache, __filename);
  const writer = joinRun();
  if (writer === null) return;
  const recorder = new Recorder(writer, new CallSites(writer, OWN_FILES, canCaptureSites()), payloadLimit());
  const replacements = new Replacements();
  hookSourceTexts(replacements);
  const faults = faultPlan(process.env[PROBE_ENV.faults]);
  const internals = openInternals(process.env.SOCKETSCOPE_TEST_BREAK);
  if ('problem' in internals) {
    writer.notice(`System calls are not visible here: ${internals.problem}. Only calls of net and dgram are shown.`);
    hookPublicApi(recorder, replacements);
    if (faults !== null) sayFaults(recorder, faults, false);
  } else {
    const context = new StreamContext(recorder, internals);
    for (const kind of ['tcp', 'pipe'] as const) {
      const proto = (kind === 'tcp' ? internals.TCP : internals.Pipe).prototype;
      hookBirth(context, proto, kind, replacements);
      hookListen(context, proto, kind, replacements);
      hookRead(context, proto, kind, replacements);
      hookWrite(context, proto, replacements);
      hookEnd(context, proto, replacements);
      hookOptions(context, proto, replacements);
      hookHttpReads(context, proto, replacements);
    }
    const tls = new TlsHooks(context, internals.tls);
    tls.install(replacements);
    context.beforeClose = (handle) => tls.beforeClose(handle);
    const datagrams = new DatagramHooks(recorder, internals);
    datagrams.install(replacements);
    hookNetApi(recorder, replacements);
    hookLedTo(recorder, replacements);
    hookDgramApi(recorder, datagrams, replacements);
    hookSocketEvents(recorder, replacements);
    if (faults !== null) installFaults(faults, context, datagrams, replacements);
  }
  const sayUnseen = hookUnseen(recorder, __filename, replacements);
  hookProcessEnd(recorder, replacements, sayUnseen);
  hookFatalStacks(OWN_FILES, replacements);
  syncBuiltinESMExports();
}

try {
  start();
} catch {
  // Whatever it is: the program must run as if the probe were not there.
}
