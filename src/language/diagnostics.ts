/** Diagnostics of a document: what the rules say, with what the last run did; at most one on a line. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver';
import { DEFAULT_SETTINGS, type LanguageOptions, type OpenCardArgs, type RemarkData } from '../contracts/lsp';
import { MISCONCEPTIONS } from '../knowledge/misconceptions';
import { RULE_IDS, RULES, type RuleId } from '../knowledge/rules';
import type { Remark, SocketCall, Span } from './analysis';
import { type Evidence, evidenceOf, runRules, type Scene } from './evidence';

export interface DiagnosticInput {
  uri: string;
  remarks: readonly Remark[];
  calls: readonly SocketCall[];
  /** What of the last run belongs to a call; null when there was none, or it says nothing. */
  scene: (call: SocketCall) => { scene: Scene; stale: boolean } | null;
  trace: string | null;
  options: LanguageOptions;
  /** Lines and rules that a comment excludes, for what only a run can say. */
  excluded: (line: number, rule: RuleId) => boolean;
}

interface Weighed {
  span: Span;
  rule: RuleId;
  evidence: Evidence | null;
  stale: boolean;
}

export const SOURCE = 'socketscope';

export function diagnosticsOf(input: DiagnosticInput): Diagnostic[] {
  const off = new Set((input.options.settings ?? DEFAULT_SETTINGS).diagnostics.ignoreRules);
  const silent = (rule: RuleId) => off.has(rule) || off.has(RULES[rule].misconception);
  const all: Weighed[] = [];
  for (const { rule, span, call } of input.remarks) {
    if (silent(rule)) continue;
    const found = call ? input.scene(call) : null;
    all.push({ span, rule, evidence: found ? evidenceOf(rule, found.scene) : null, stale: found?.stale ?? false });
  }
  for (const call of input.calls) {
    for (const rule of runRules(call)) {
      if (silent(rule) || input.excluded(call.name.start.line, rule)) continue;
      const found = input.scene(call);
      const evidence = found ? evidenceOf(rule, found.scene) : null;
      if (evidence) all.push({ span: call.name, rule, evidence, stale: found!.stale });
    }
  }
  return onePerLine(all).map((one) => diagnostic(one, input));
}

/** Of several on one line the one with the weightiest evidence, then the first in the order of the rules. */
function onePerLine(all: readonly Weighed[]): Weighed[] {
  const weight = ({ evidence, rule }: Weighed) => (evidence ? (evidence.harm ? 0 : 1000) : 2000) + RULE_IDS.indexOf(rule);
  const lines = new Map<number, Weighed>();
  for (const one of all) {
    const { line } = one.span.start;
    const best = lines.get(line);
    if (!best || weight(one) < weight(best)) lines.set(line, one);
  }
  return [...lines.values()].sort((a, b) => a.span.start.line - b.span.start.line);
}

function diagnostic({ span, rule, evidence, stale }: Weighed, { uri, options, trace }: DiagnosticInput): Diagnostic {
  const { text, card, misconception } = RULES[rule];
  const seen = evidence && trace ? evidence : null;
  const fact = seen ? `Last run${stale ? ' (before your edit)' : ''}: ${seen.text}${/[.!?]$/.test(seen.text) ? '' : '.'}` : null;
  const data: RemarkData = {
    rule,
    misconception,
    exercise: MISCONCEPTIONS[misconception].exercise,
    card,
    step: seen && trace ? { trace, step: seen.step } : null,
  };
  return {
    range: oneLine(span),
    message: fact ? (seenOnly(rule) ? fact : `${text} ${fact}`) : text,
    // A guess is information; what a run lost is a warning. Nothing here is ever called an error.
    severity: seen?.harm && !stale ? DiagnosticSeverity.Warning : DiagnosticSeverity.Information,
    source: SOURCE,
    code: rule,
    codeDescription: { href: cardLink(card, options) },
    ...(seen ? { relatedInformation: [{ location: { uri, range: oneLine(span) }, message: `Step ${seen.step} of the last run` }] } : {}),
    data,
  };
}

/** Rules whose static text says less than their evidence. */
const seenOnly = (rule: RuleId): boolean => RULE_IDS.indexOf(rule) >= RULE_IDS.indexOf('address-in-use');

/** A remark about many lines marks its first: a squiggle under half a file helps nobody. */
const oneLine = ({ start, end }: Span): Span => ({
  start,
  end: end.line === start.line ? end : { line: start.line, character: start.character + 1 },
});

function cardLink(id: string, { commands, docs }: LanguageOptions): string {
  if (!commands.openCard) return pathToFileURL(join(docs, `${id}.md`)).href;
  const args: OpenCardArgs = { id };
  return `command:${commands.openCard}?${encodeURIComponent(JSON.stringify([args]))}`;
}
