/** All rules, and which lines are left out of them. */
import type { Remark } from '../../analysis';
import { exclusions, isExcluded } from '../../exclusions';
import { hugeBacklog, unlinkBeforeListen, wildcardAsDestination } from './addresses';
import { chunkAsMessage, chunkToText, noDelayAsFraming, noLimit } from './chunks';
import {
  answerAfterEnd,
  cleanupOnEnd,
  endAsMessageEnd,
  keepAliveAsHealthCheck,
  ownWritesRestartTimer,
  timeoutLeavesOpen,
  writeAfterEnd,
} from './endings';
import { aggregateError, noErrorListener, pipeWithoutErrors, tryAroundAsync, uncaughtException } from './errors';
import type { Program, Report, RuleCheck } from './program';
import { listenerInLoop, reconnectAddsListeners, sharedState, statePerWorker } from './state';
import { blockingCall, ignoredBackpressure, writeIsDelivery } from './writing';

const CHECKS: readonly RuleCheck[] = [
  noErrorListener,
  chunkAsMessage,
  tryAroundAsync,
  uncaughtException,
  answerAfterEnd,
  writeAfterEnd,
  timeoutLeavesOpen,
  cleanupOnEnd,
  sharedState,
  chunkToText,
  ignoredBackpressure,
  noLimit,
  pipeWithoutErrors,
  listenerInLoop,
  reconnectAddsListeners,
  unlinkBeforeListen,
  blockingCall,
  endAsMessageEnd,
  wildcardAsDestination,
  aggregateError,
  writeIsDelivery,
  ownWritesRestartTimer,
  keepAliveAsHealthCheck,
  noDelayAsFraming,
  hugeBacklog,
  statePerWorker,
];

/** Everything that the rules report, in source order; excluded lines are left out. May be interrupted after each. */
export function* reportsOf(program: Program): Generator<void, Report[]> {
  const excluded = exclusions(program.text);
  const seen = new Set<string>();
  const reports: Report[] = [];
  for (const check of CHECKS) {
    yield;
    for (const report of check(program)) {
      yield;
      if (!report) continue;
      const key = `${report.rule} ${report.at.startIndex}`;
      if (seen.has(key) || isExcluded(excluded, report.at.startPosition.row, report.rule)) continue;
      seen.add(key);
      reports.push(report);
    }
  }
  return reports.sort((a, b) => a.at.startIndex - b.at.startIndex);
}

export const remarkOf = (program: Program, { rule, at, call }: Report): Remark => ({ rule, span: program.span(at), call: call ?? null });
