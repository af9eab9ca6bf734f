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
        --node PATH    the node to run the programs with (default: this one)
  socketscope show FILE [--step N] [--sockets] [--stuck] [--socket ID]
        the transcript of a trace; up to step N; the socket table at that step; why it is stuck; one socket only
  socketscope export FILE --to json [--out FILE]
        the trace as JSON, one object a line
  socketscope export FILE --to html [--step N] [--out FILE.html]
        the timeline as one page that opens in any browser, offline, at step N
  socketscope language-server --stdio
        the language server, for editors other than VS Code
  socketscope --version

Try:  socketscope run server.mjs --then client.mjs --print
`;
