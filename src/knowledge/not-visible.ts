/**
 * What Socketscope cannot see, in one place: the words for every id that a probe or the collector may tell, and the list that the README
 * shows. A sentence says what is missing and, where there is one, what to look at instead.
 */

/** A fact of the probe (contracts/probe-stream.ts, ProbeFact): an id and its details. */
type Fact = { readonly what: string; readonly [detail: string]: unknown };

const text = (value: unknown, otherwise = '') => (typeof value === 'string' && value !== '' ? value : otherwise);
const base = (path: unknown) => text(path, 'a program').replace(/^.*[\\/]/, '');
const commandOf = ({ file, command }: Fact) => clip(`${base(file)}${text(command) === '' ? '' : ` ${text(command)}`}`);
const clip = (words: string) => (words.length > 80 ? `${words.slice(0, 77)}...` : words);

/** One thing that cannot be seen. */
export interface NotVisible {
  /** The sentence for one case. */
  sentence(fact: Fact): string;
  /** For the list in the README: what, and what is known all the same. */
  what: string;
  known: string;
}

export const NOT_VISIBLE: Readonly<Record<string, NotVisible>> = {
  below: {
    sentence: () =>
      'Not visible here: the single reads and writes of sockets that HTTP/2 took over below JavaScript; their byte counts come with close.',
    what: 'The single reads and writes of HTTP/2, which C++ makes below JavaScript',
    known: 'bytes of each direction, when the socket closes',
  },
  getaddrinfo: {
    sentence: ({ name }) =>
      `Not visible here: how the system finds the address of "${text(name, 'a name')}" (getaddrinfo). It reads files and may ask a name server, with sockets of its own.`,
    what: "Looking up a name with the system's resolver (`dns.lookup`, `connect` to a host name)",
    known: 'the name and the addresses that came back',
  },
  'c-ares': {
    sentence: ({ name }) =>
      `Not visible here: the datagrams that ask a name server for "${text(name, 'a name')}" (dns.resolve and its like, made by the library c-ares).`,
    what: 'DNS queries (`dns.resolve*`, `dns.reverse`, made by the library c-ares)',
    known: 'that a name was asked for',
  },
  addon: {
    sentence: ({ file }) => `Not visible here: sockets that the native addon ${base(file)} opens by itself, if it does.`,
    what: 'Sockets of native addons (`.node` files)',
    known: 'that the addon was loaded',
  },
  binding: {
    sentence: ({ name }) =>
      `Not visible here: all that the program does with Node's inner ${text(name, 'parts')} (process.binding) past node:net and node:dgram.`,
    what: 'Sockets made with `process.binding`, past `node:net` and `node:dgram`',
    known: 'that it was used; calls on such handles as far as they are the same handles',
  },
  inspector: {
    sentence: () => 'Not visible here: the connection of a debugger (--inspect). Node serves it in a thread of its own.',
    what: "A debugger's connection (`--inspect`)",
    known: 'that the process could be debugged',
  },
  quic: {
    sentence: () => 'Not visible here: QUIC (node:quic). Node sends and receives its datagrams below JavaScript.',
    what: 'QUIC (`node:quic`)',
    known: 'that it was used',
  },
  wasi: {
    sentence: () => 'Not visible here: sockets that a WebAssembly program uses through WASI.',
    what: 'Sockets of WebAssembly programs (`node:wasi`)',
    known: 'that WASI was used',
  },
  ffi: {
    sentence: () => 'Not visible here: sockets that functions of a native library open (node:ffi).',
    what: 'Native libraries called with `node:ffi`',
    known: 'that it was used',
  },
  'not node': {
    sentence: (fact) =>
      `Not visible here: process ${fact.pid} (${commandOf(fact)}) is not a Node program, so nothing of its sockets is in this trace.`,
    what: 'Programs that are not Node (python, curl), started by the program',
    known: 'their command and pid; the traced end of a connection to them',
  },
  shell: {
    sentence: (fact) =>
      `Not visible here: what process ${fact.pid} (${commandOf(fact)}) starts, where that is not a Node program. Node programs that it starts are traced.`,
    what: 'What a shell starts that is not Node',
    known: 'the command of the shell',
  },
  'without probe': {
    sentence: (fact) =>
      `Not traced: process ${fact.pid} (${commandOf(fact)}) was started without the probe, because its environment has no NODE_OPTIONS with it. Pass process.env on to trace it.`,
    what: "Node programs that are started with an environment of their own, without the probe's `NODE_OPTIONS`",
    known: 'their command and pid',
  },
  'no record': {
    sentence: (fact) =>
      `Not traced: process ${fact.pid} (${commandOf(fact)}) left no record: it ended before Node had started, Node's --permission keeps it from writing, or the folder of the run was full or gone.`,
    what: "Programs that a shell starts with Node's `--permission` on their command line, which keeps the probe from writing its record",
    known:
      'that nothing of them is there; with the option in `NODE_OPTIONS`, or started by a traced Node program: their calls of `net` and `dgram`',
  },
};

/** What cannot be seen and never shows in a program either, so that no sentence could be said: for the list in the README. */
export const NEVER_SEEN: readonly { what: string; known: string }[] = [
  {
    what: 'Standard input and output, and the channel of `fork` (IPC)',
    known: 'left out on purpose: they are pipes of Node, not sockets of the program',
  },
  {
    what: 'What `fetch`, HTTP and TLS mean, and the plain text of TLS',
    known: 'their sockets and bytes; of TLS the calls with the sizes of the ciphertext',
  },
  {
    what: 'Segments on the wire: retransmissions, acknowledgements, window sizes',
    known: 'sockets are shown, not packets; Wireshark shows packets',
  },
  { what: 'Exactly when the kernel changed a state', known: 'when the program, or whoever asked the kernel, could know of it' },
  { what: 'How many bytes wait in the kernel, exactly, at every moment', known: 'bounds; the number itself where the kernel was asked' },
  { what: 'Programs on other machines', known: 'their end of a connection is an address, not a lane' },
];

/** The sentence for a fact; for an id that is not known here, one that names it. */
export function notVisible(fact: Fact): string {
  return Object.hasOwn(NOT_VISIBLE, fact.what) ? NOT_VISIBLE[fact.what]!.sentence(fact) : `Not visible here: ${fact.what}.`;
}

/** Why a process is folded: what it is, by its tool or by the name to ignore that it matches. */
export function quietSentence(quiet: { by: 'tool' | 'name'; name: string }): string {
  if (quiet.by === 'name')
    return `"${quiet.name}" is a program to ignore (socketscope.ignorePrograms, --ignore), so its calls are not recorded.`;
  if (quiet.name === 'node --watch')
    return 'node --watch waits for changes and starts the program again; the program itself is a process of its own.';
  if (quiet.name === 'node --test') return 'node --test starts the test files, each as a process of its own, and reads their results.';
  if (quiet.name === 'language server') return 'A language server works for an editor; its calls are not recorded.';
  return `${quiet.name} is a tool and not your program, so its calls are not recorded. Node programs that it starts are.`;
}
