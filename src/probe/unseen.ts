import { Worker } from 'node:worker_threads';
import { PROBE_ENV, type ProbeFact } from '../contracts/probe-stream';
import { permittedEnvironment } from './child-permissions';
import { openBinding } from './internals';
import type { Recorder } from './recorder';
import { type AnyFunction, type AnyHandle, findDescriptor, type Replacements } from './wrap';

/** So many different facts of one kind are said by a thread; a loop must not fill the trace. */
const MOST = 50;
const TEXT = 200;

/**
 * Watches for what this thread does below or beside node:net and node:dgram, and says that it cannot be seen: started processes,
 * addons, names that are looked up, Node's inside. The words are in knowledge/not-visible.ts. Returns what is to be called before the end.
 */
export function hookUnseen(recorder: Recorder, ownFile: string, replacements: Replacements): () => void {
  const said = new Map<string, Set<string>>();
  const say = (fact: ProbeFact, key: string = String(fact.what)) =>
    recorder.guarded(String(fact.what), () => {
      let known = said.get(fact.what);
      if (known === undefined) {
        known = new Set();
        said.set(fact.what, known);
      }
      if (known.has(key) || known.size >= MOST) return;
      known.add(key);
      recorder.writer.fact(fact);
    });
  hookProcesses(recorder, ownFile, replacements);
  hookWorkers(recorder, replacements);
  // Before process.binding is watched, which the probe uses itself.
  hookNames(say, replacements);
  replacements.method(
    process,
    'dlopen',
    (original) =>
      function (this: unknown, ...args: unknown[]) {
        const result = Reflect.apply(original, this, args);
        const file = String(args[1]).slice(-TEXT);
        say({ what: 'addon', file }, file);
        return result;
      },
  );
  replacements.method(
    process,
    'binding',
    (original) =>
      function (this: unknown, ...args: unknown[]) {
        const name = String(args[0]);
        if (/^(tcp|pipe|udp|tls|stream|cares|tty|js_stream)_wrap$|^http_parser$/.test(name)) say({ what: 'binding', name }, name);
        return Reflect.apply(original, this, args);
      },
  );
  const flags = `${process.execArgv.join(' ')} ${process.env.NODE_OPTIONS ?? ''}`;
  if (/(^|\s)--inspect(-brk|-wait)?(=|\s|$)/.test(flags)) say({ what: 'inspector' });
  return () => {
    for (const module of loadedOf(UNSEEN_MODULES)) say({ what: module });
  };
}

/** Modules of Node with sockets of their own, below JavaScript: said at the end, when it is known that they were used. */
const UNSEEN_MODULES = ['quic', 'wasi', 'ffi'];

function loadedOf(names: readonly string[]): string[] {
  const { moduleLoadList } = process as unknown as { moduleLoadList?: unknown };
  if (!Array.isArray(moduleLoadList)) return [];
  return names.filter((name) => moduleLoadList.includes(`NativeModule ${name}`));
}

/** Processes that are started: which ones, and whether the probe goes with them. The collector knows whether they left a record. */
function hookProcesses(recorder: Recorder, ownFile: string, replacements: Replacements): void {
  const told = (pid: unknown, file: unknown, args: unknown, pairs: unknown) =>
    recorder.guarded('child', () => {
      if (typeof pid !== 'number' || pid <= 0) return;
      const environment = Array.isArray(pairs) ? pairs.map(String) : Object.entries(process.env).map(([name, value]) => `${name}=${value}`);
      const run = `${PROBE_ENV.run}=${process.env[PROBE_ENV.run]}`;
      const probed = environment.includes(run) && environment.some((pair) => pair.startsWith('NODE_OPTIONS=') && pair.includes(ownFile));
      const command = (Array.isArray(args) ? args.slice(1).map(String) : []).join(' ').slice(0, TEXT);
      recorder.writer.fact({ what: 'child', pid, file: String(file).slice(-TEXT), command, probed });
    });
  /** Calls `spawn` with the environment that the child needs to be recorded; what the caller handed in stays as it is. */
  const spawned = (original: AnyFunction, self: unknown, values: unknown[]): unknown => {
    const [first, args, cwd, pairs, ...rest] = values as [AnyHandle, unknown, unknown, unknown];
    const run = process.env[PROBE_ENV.run] ?? '';
    let given = values;
    recorder.guarded('permissions', () => {
      if (typeof first === 'object' && first !== null) {
        const needed = permittedEnvironment(first.args, first.envPairs, ownFile, run);
        if (needed !== null) given = [{ ...first, envPairs: needed }, ...values.slice(1)];
      } else {
        const needed = permittedEnvironment(args, pairs, ownFile, run);
        if (needed !== null) given = [first, args, cwd, needed, ...rest];
      }
    });
    return Reflect.apply(original, self as object, given);
  };
  const Process = openBinding('process_wrap')?.Process?.prototype as object | undefined;
  if (Process !== undefined)
    replacements.method(
      Process,
      'spawn',
      (original) =>
        function (this: AnyHandle, ...values: unknown[]) {
          const result = spawned(original, this, values);
          // Node 24 made one object of options into arguments.
          const [first, args, , pairs] = values as [AnyHandle, unknown, unknown, unknown];
          if (typeof first === 'object' && first !== null) told(this.pid, first.file, first.args, first.envPairs);
          else told(this.pid, first, args, pairs);
          return result;
        },
    );
  const sync = openBinding('spawn_sync') as object | null;
  if (sync !== null)
    replacements.method(
      sync,
      'spawn',
      (original) =>
        function (this: unknown, ...values: unknown[]) {
          const result = spawned(original, this, values) as AnyHandle;
          const options = values[0] as AnyHandle;
          told(result?.pid, options?.file, options?.args, options?.envPairs);
          return result;
        },
    );
}

/** The end of a worker that somebody terminated: it cannot say so itself. */
function hookWorkers(recorder: Recorder, replacements: Replacements): void {
  const threads = new WeakMap<object, number>();
  replacements.method(
    Worker.prototype,
    'emit',
    (original) =>
      function (this: Worker, ...args: unknown[]) {
        if (args[0] === 'online') threads.set(this, this.threadId);
        else if (args[0] === 'exit') {
          const thread = threads.get(this);
          recorder.guarded('worker', () => {
            if (thread !== undefined && thread > 0) recorder.writer.fact({ what: 'thread ended', threadId: thread });
          });
        }
        return Reflect.apply(original, this, args);
      },
  );
}

/** Names that are looked up: by the system's resolver in a thread of libuv, or by c-ares with datagrams of its own. */
function hookNames(say: (fact: ProbeFact, key?: string) => void, replacements: Replacements): void {
  const cares = openBinding('cares_wrap');
  if (cares === null) return;
  const noting = (what: string, at: number) => (original: AnyFunction) =>
    function (this: unknown, ...args: unknown[]) {
      const name = String(args[at]).slice(0, TEXT);
      say({ what, name }, name);
      return Reflect.apply(original, this, args);
    };
  replacements.method(cares, 'getaddrinfo', noting('getaddrinfo', 1));
  replacements.method(cares, 'getnameinfo', noting('getaddrinfo', 1));
  const Channel = cares.ChannelWrap?.prototype as object | undefined;
  if (Channel === undefined) return;
  for (const method of Object.keys(Channel))
    if (/^(query|getHostByAddr)/.test(method) && typeof findDescriptor(Channel, method)?.value === 'function')
      replacements.method(Channel, method, noting('c-ares', 1));
}
