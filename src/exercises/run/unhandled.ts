import type { Outcome } from '../../contracts/exercise-checks';

/** The error with which Node says on stderr that nobody handled it: a stack, then the version of Node (lib/internal/process/execution.js). */
export function unhandledError(stderr: string): Outcome['unhandled'] {
  const end = stderr.search(/^Node\.js v\d+/m);
  if (end < 0) return null;
  const report = stderr.slice(0, end);
  const first = /^(?:Uncaught )?((?:\w+Error|Error|AggregateError)(?: \[\w+\])?)(?::[ \t]*(.*))?$/m.exec(report);
  const code = /^\s+code: '(\w+)'/m.exec(report)?.[1] ?? /\[(\w+)\]/.exec(first?.[1] ?? '')?.[1] ?? '';
  if (first === null) return { name: 'Error', code, message: report.trim().split('\n').at(-1) ?? '' };
  return { name: first[1]!.replace(/ \[.*/, ''), code, message: first[2] ?? '' };
}
