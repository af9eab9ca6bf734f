/** Addresses, backlogs and paths. */
import { field, named, same } from '../names';
import type { Program, Report } from './program';

const CONNECTS = /^(?:net\.connect|net\.createConnection|socket\.connect|tls\.connect)$/;

/** connect to the wildcard. */
export function* wildcardAsDestination(program: Program): Iterable<Report> {
  for (const { call, name } of program.calls) {
    const { host } = call.args;
    if (CONNECTS.test(call.api) && host.is === 'literal' && /^(?:0\.0\.0\.0|::|\[::\])$/.test(host.value))
      yield { rule: 'wildcard-as-destination', at: name, call };
  }
}

/** The cap that Linux has had since 5.4; see listen(2). */
const SOMAXCONN = 4096;

export function* hugeBacklog(program: Program): Iterable<Report> {
  for (const { call, name } of program.calls) {
    const { backlog } = call.args;
    if (call.api === 'server.listen' && backlog.is === 'literal' && backlog.value > SOMAXCONN)
      yield { rule: 'huge-backlog', at: name, call };
  }
}

/** The socket file is removed without a look whether somebody listens. */
export function* unlinkBeforeListen(program: Program): Iterable<Report> {
  const paths = program.calls.flatMap(({ call, node }) => {
    const first = named(field(node, 'arguments') ?? node)[0];
    if (call.api !== 'server.listen' || !first || call.args.path.is === 'absent') return [];
    return [
      first.type === 'object'
        ? (/\bpath:\s*([^,}]+)/.exec(first.text)?.[1]?.trim() ?? (/\bpath\b/.test(first.text) ? 'path' : ''))
        : first.text,
    ];
  });
  if (paths.length === 0) return;
  // Whoever connects to the path has asked.
  if (
    program.calls.some(({ call, node }) => CONNECTS.test(call.api) && paths.some((path) => field(node, 'arguments')?.text.includes(path)))
  )
    return;
  for (const word of ['unlinkSync', 'rmSync', 'unlink']) {
    for (const at of program.inference.unit.words.offsets(word)) {
      const name = program.inference.root.descendantForIndex(at, at + word.length - 1);
      const callee = name?.parent?.type === 'member_expression' ? name.parent : name;
      const call = callee?.parent;
      if (!name || !callee || call?.type !== 'call_expression' || !same(field(call, 'function'), callee)) continue;
      const path = named(field(call, 'arguments') ?? call)[0]?.text;
      // After listen, or when the server has closed, it is tidying up.
      const listen = program.calls.find(({ call: { api } }) => api === 'server.listen')!;
      if (path && paths.includes(path) && call.startIndex < listen.node.startIndex)
        yield { rule: 'unlink-before-listen', at: name, call: listen.call };
    }
  }
}
