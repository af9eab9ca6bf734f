import { syncBuiltinESMExports } from 'node:module';
import { PROBE_ENV } from '../contracts/probe-stream';
import { CallSites, ownError } from './call-sites';
import { hookFatalStacks, hookOwnStacks } from './clean-stacks';
import { DatagramHooks } from './datagram-hooks';
import { hookDgramApi } from './dgram-api';
import { hookPublicDgram, hookPublicNet } from './fallback';
import { faultPlan, installFaults, sayFaults } from './faults/install';
import { OWN_FILES } from './foreign-errors';
import { hookHttpReads } from './http-reads';
import { openBinding } from './internals';
import { joinRun, payloadLimit } from './join';
import { hookLedTo } from './led-to';
import { hookNetApi } from './net-api';
import { hookProcessEnd } from './process-end';
import { Recorder } from './recorder';
import { findingsSaid, selfCheck } from './self-check';
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
  const broken = process.env.SOCKETSCOPE_TEST_BREAK;
  const StackError = broken?.includes('stacks') ? null : ownError();
  const recorder = new Recorder(
    writer,
    new CallSites(writer, OWN_FILES, StackError, process.env[PROBE_ENV.callSites] !== 'off'),
    payloadLimit(),
  );
  const replacements = new Replacements();
  hookSourceTexts(replacements);
  const faults = faultPlan(process.env[PROBE_ENV.faults], recorder);
  const found = selfCheck(broken);
  for (const text of findingsSaid(found)) writer.notice(text);
  writer.meter(found.internals?.loop ?? null);
  const context = found.internals === null || found.streams !== null ? null : new StreamContext(recorder, found.internals);
  const datagrams = found.internals === null || found.datagrams !== null ? null : new DatagramHooks(recorder, found.internals);
  if (context === null) hookPublicNet(recorder, replacements);
  else hookStreams(context, replacements);
  if (datagrams === null) hookPublicDgram(recorder, replacements);
  else {
    datagrams.install(replacements);
    hookDgramApi(recorder, datagrams, replacements);
  }
  if (faults !== null) {
    if (context === null || datagrams === null) sayFaults(recorder, faults, false);
    else installFaults(faults, context, datagrams, replacements);
  }
  const sayUnseen = hookUnseen(recorder, __filename, replacements);
  hookProcessEnd(recorder, replacements, sayUnseen);
  hookFatalStacks(OWN_FILES, replacements);
  if (StackError !== null) hookOwnStacks(OWN_FILES, StackError, replacements);
  syncBuiltinESMExports();
}

/** TCP and Unix-domain sockets, and what stands on them. */
function hookStreams(context: StreamContext, replacements: Replacements): void {
  const { recorder, internals } = context;
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
  const tls = new TlsHooks(context, openBinding('tls_wrap'));
  tls.install(replacements);
  context.beforeClose = (handle) => tls.beforeClose(handle);
  hookNetApi(recorder, replacements);
  hookLedTo(recorder, replacements);
  hookSocketEvents(recorder, replacements);
}

try {
  start();
} catch {
  // Whatever it is: the program must run as if the probe were not there.
}
