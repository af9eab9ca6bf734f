import { notVisible, quietSentence } from '../knowledge/not-visible';
import { errnoName, syscallRules } from '../knowledge/syscalls';
import type { CallKnowledge } from '../runner/translate';

/** What the runner is told of system calls and of what cannot be seen. */
export const KNOWLEDGE: CallKnowledge = { rules: syscallRules, errnoName, notVisible, quiet: quietSentence };
