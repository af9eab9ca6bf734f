/** Comments that keep rules from speaking. */
import { RULE_IDS, RULES, type RuleId } from '../knowledge/rules';

/** What excludes a line: `// socketscope-ignore-next-line`, with nothing after it, or with rules or misconceptions (`no-limit M20`). */
export const IGNORE = 'socketscope-ignore-next-line';

/** By 0-based line the rules that are not to speak there; `-1` is the whole file. null: all of them. */
export function exclusions(text: string): ReadonlyMap<number, ReadonlySet<RuleId> | null> {
  const found = new Map<number, ReadonlySet<RuleId> | null>();
  if (!text.includes('socketscope-ignore')) return found;
  for (const [line, content] of text.split('\n').entries()) {
    const match = /(?:\/\/|\/\*|#)\s*socketscope-ignore-(next-line|line|file)\b([^*\n\r]*)/.exec(content);
    if (!match) continue;
    const at = match[1] === 'file' ? -1 : match[1] === 'line' ? line : line + 1;
    const words = new Set(match[2]!.split(/[\s,]+/));
    const rules = RULE_IDS.filter((id) => words.has(id) || words.has(RULES[id].misconception));
    found.set(at, rules.length ? new Set(rules) : null);
  }
  return found;
}

/** Whether a line's comment excludes a rule. */
export function isExcluded(excluded: ReadonlyMap<number, ReadonlySet<RuleId> | null>, line: number, rule: RuleId): boolean {
  for (const at of [-1, line]) {
    const rules = excluded.get(at);
    if (rules === null || rules?.has(rule)) return true;
  }
  return false;
}
