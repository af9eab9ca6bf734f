import { FAULT_KINDS, type FaultKind, type FaultName } from '../contracts/faults';

/** `split-read=BYTES` and what it does, for each fault. */
const faults = (Object.entries(FAULT_KINDS) as [FaultName, FaultKind][])
  .map(([name, { unit, says }]) => {
    const amount = { bytes: '=BYTES', ms: '=TIME', 'bytes/s': '=BYTES/s', '%': '=N%', none: '' }[unit];
    return `          ${`${name}${amount}`.padEnd(22)} ${says}`;
  })
  .join('\n');

/** The text of `socketscope --help`. */
export const HELP = `socketscope: see what your Node socket programs really do

  socketscope run [--out FILE] [--print] [--payload N] PROGRAM [--then PROGRAM]... [-- ARGS...]
        runs PROGRAM (with ARGS) traced; its input, output and exit code are its own.
        Each --then program starts as soon as somebody listens or has a bound socket.
        --print        print what happened when all have ended
        --out FILE     keep the trace (FILE.socktrace) for show, export and the timeline in VS Code
        --payload N    keep the first N bytes of each read and write (default 256, 0 keeps none, all keeps all)
        --max-bytes S  size of the run, such as 512M (default 1G): beyond it bytes, then calls are left out, and counted
        --ignore NAME  do not record this program (a file, command, package or glob; more than once)
        --faults LIST  make things go wrong on purpose, marked as injected: see below
        --node PATH    the node to run the programs with (default: this one)
  socketscope show FILE [--step N] [--sockets] [--stuck] [--socket ID]
        the transcript of a trace; up to step N; the socket table at that step; why it is stuck; one socket only
  socketscope export FILE --to json [--out FILE]
        the trace as JSON, one object a line
  socketscope export FILE --to html [--step N] [--out FILE.html]
        the timeline as one page that opens in any browser, offline, at step N
  socketscope exercises [--json]
        the list; "exercises new ID" makes one of your own in .socketscope/exercises/, "exercises verify [ID] [--repeat N]" holds it
        against itself: the starter fails, solutions pass, every wrong solution gets its own feedback
  socketscope check EXERCISE [--dir DIR] [--json|--junit] [--traces DIR] [--seed N]
        grades the folder by what its program does; exit code 0 passed, 1 not yet, 2 could not be graded
  socketscope compare FIRST SECOND [--json]
        two runs of the same program side by side: where they part, and how else they differ; exit 0 the same, 1 different
  socketscope grade DIR [--exercise ID] [--jobs N] [--junit FILE] [--json]
        grades the submissions DIR/NAME (of one exercise) or DIR/NAME/EXERCISE, each apart from the others; exit code 0 when all
        could be graded, 2 when not
  socketscope docs [WORDS] [--json]
        a card of the reference (a system call, a concept, an error code), or the list of those that have these words
  socketscope language-server --stdio
        the language server, for editors other than VS Code
  socketscope --version

LIST is faults with commas between, such as: seed=7,split-read=1..8@server,udp-drop=20%,refuse-connect@client.mjs@2x
${faults}
        An amount is a number or a range (1..8, 10..50ms, 64k); each fault has a usual one. After it, conditions that must all hold:
          @client.mjs (or @program:NAME), @:8080 (a port), @client or @server (who connected, who was called),
          @20% (in so many cases), @2x (at most twice in each program), @send (datagrams: before they are sent; else on receipt)
        The same seed gives the same faults (seed=1 when none is named). LIST may be JSON, too: see the README.

Try:  socketscope run server.mjs --then client.mjs --print
`;
