/** Joins the calls of a document with what the last run did at them, also after edits. */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TraceReader } from '../contracts/trace-model';
import { NO_ARGUMENTS, type SocketCall } from './analysis';
import { CallIndex } from './call-index';
import type { Scene } from './evidence';
import { type Fact, factOf } from './facts-text';
import { matchLines } from './line-match';
import { seenApi } from './run-apis';
import { RunSites, type SiteRecord } from './run-sites';
import { listenersOfCall, socketsOfCall } from './run-sockets';
import { TraceTail } from './trace-tail';

export interface RunFact extends Fact {
  /** The line is not what it was when the program ran. */
  stale: boolean;
}

/** A file as it was when the program ran. */
interface Baseline {
  lines: readonly string[];
  /** False when the file was saved after the run began: what ran is not known line by line. */
  exact: boolean;
  /** Its name in the trace. */
  file: string;
}

/** What lenses and hovers need of a document. */
export interface DocumentText {
  uri: string;
  text: string;
}

/** The calls of a document and what the run says of them. */
export interface Look {
  calls: readonly SocketCall[];
  facts: ReadonlyMap<SocketCall, RunFact>;
  /** What of the run belongs to a call; null when the run was not of this document. */
  scene: (call: SocketCall) => { scene: Scene; stale: boolean } | null;
}

export class LastRun {
  readonly sites: RunSites;
  private readonly tail: TraceTail;
  private readonly baselines = new Map<string, Baseline | null>();
  /** What was said last of each document: asked for again for hovers, and for lenses one by one. */
  private readonly looks = new Map<string, { text: string; found: readonly SocketCall[]; look: Look }>();

  constructor(readonly trace: string) {
    this.tail = new TraceTail(trace);
    this.sites = new RunSites(this.tail.reader);
  }

  /** Why the trace could not be read to its end; null while all is well. */
  get problem(): string | null {
    return this.tail.problem;
  }

  /** Takes in what the run added. True when something is new. */
  async refresh(): Promise<boolean> {
    const added = await this.tail.read();
    this.sites.update();
    this.looks.clear();
    // A file that had no event so far may have some now.
    for (const [uri, baseline] of this.baselines) if (!baseline) this.baselines.delete(uri);
    return added;
  }

  /**
   * The calls of a document, with those that only the run knows (a call site that is in the trace is certain, whatever its
   * receiver looks like in the source), and what the run did at each that it reached.
   */
  look({ uri, text }: DocumentText, found: readonly SocketCall[]): Look {
    const known = this.looks.get(uri);
    if (known && known.found === found && known.text === text) return known.look;
    const look = this.lookAnew(uri, splitLines(text), found);
    this.looks.set(uri, { text, found, look });
    return look;
  }

  private lookAnew(uri: string, text: readonly string[], found: readonly SocketCall[]): Look {
    const facts = new Map<SocketCall, RunFact>();
    const baseline = this.baseline(uri);
    if (!baseline) return { calls: found, facts, scene: () => null };
    const records = this.sites.inFile(baseline.file);
    const lines = matchLines(baseline.lines, text);
    const places = new Map<SocketCall, { record: SiteRecord; stale: boolean }>();
    const inSource = new CallIndex(found);
    for (const call of found) {
      const place = placeOf(call, inSource, records, lines, baseline);
      if (place) places.set(call, place);
    }
    const known = new Set([...places.values()].map(({ record }) => record));
    const seen = baseline.exact
      ? seenCalls(
          records.filter((record) => !known.has(record)),
          lines,
          text,
          this.sites.reader,
        )
      : [];
    for (const { call, record } of seen) places.set(call, { record, stale: false });
    const calls = seen.length ? [...found, ...seen.map(({ call }) => call)].sort(inOrder) : found;
    const index = seen.length ? new CallIndex(calls) : inSource;
    const placed = (call: SocketCall): SiteRecord | null => places.get(call)?.record ?? null;
    const sceneOf = (call: SocketCall): { scene: Scene; stale: boolean } => ({
      scene: {
        sites: this.sites,
        here: placed(call),
        sockets: socketsOfCall(call, index, placed, this.sites),
        listeners: listenersOfCall(call, index, placed, this.sites),
      },
      stale: !baseline.exact || lines[call.site.line] === -1 || (places.get(call)?.stale ?? false),
    });
    for (const call of calls) {
      const here = places.get(call) ?? null;
      const listens = call.origin === null ? [] : index.ofObject(call.origin).filter(({ api }) => api === 'server.listen');
      const at = listens.flatMap((listen) => places.get(listen) ?? []);
      const { scene } = sceneOf(call);
      const fact = factOf(
        call,
        scene,
        at.map(({ record }) => record),
      );
      if (!fact) continue;
      const used = call.api.endsWith('.createServer') || call.api === 'server.on(connection)' ? at : here ? [here] : [];
      const changed = lines[call.site.line] === -1 || !baseline.exact;
      facts.set(call, { ...fact, stale: changed || used.some(({ stale }) => stale) });
    }
    // Without a fact there is nothing to say of a call that the source does not explain.
    return { calls: calls.filter((call) => !call.seen || facts.has(call)), facts, scene: sceneOf };
  }

  private baseline(uri: string): Baseline | null {
    let found = this.baselines.get(uri);
    if (found === undefined) {
      found = this.readBaseline(uri);
      this.baselines.set(uri, found);
    }
    return found;
  }

  private readBaseline(uri: string): Baseline | null {
    if (!uri.startsWith('file:')) return null;
    try {
      const path = fileURLToPath(uri);
      const file = this.nameInTrace(path);
      if (!file) return null;
      const text = readFileSync(path, 'utf8');
      const began = Date.parse(this.sites.reader.header.began);
      return { lines: splitLines(text), exact: statSync(path).mtimeMs <= began, file };
    } catch {
      // Gone or unreadable: then nothing is known of it.
      return null;
    }
  }

  private nameInTrace(path: string): string | null {
    if (this.sites.inFile(path).length) return path;
    const real = realpathSync.native(path);
    for (const file of this.sites.files()) {
      if (file === real) return file;
      // Windows writes drive letters either way.
      if (process.platform === 'win32' && file.toLowerCase() === real.toLowerCase()) return file;
    }
    return null;
  }
}

const inOrder = (a: SocketCall, b: SocketCall): number =>
  a.name.start.line - b.name.start.line || a.name.start.character - b.name.start.character;

/** Calls at places that the run reached and the source does not explain, on lines that are as they were. */
function seenCalls(
  records: readonly SiteRecord[],
  lines: Int32Array,
  text: readonly string[],
  reader: TraceReader,
): { call: SocketCall; record: SiteRecord }[] {
  if (records.length === 0) return [];
  const now = new Map<number, number>();
  for (const [line, before] of lines.entries()) now.set(before, line);
  return records.flatMap((record) => {
    const api = seenApi(record, reader);
    const line = now.get(record.site.line - 1);
    if (!api || line === undefined) return [];
    const character = record.site.column - 1;
    const name = /^[\p{ID_Continue}$]+/u.exec(text[line]!.slice(character))?.[0];
    if (!name) return [];
    const start = { line, character };
    const span = { start, end: { line, character: character + name.length } };
    return [{ record, call: { api, name: span, event: null, site: start, origin: null, server: null, args: NO_ARGUMENTS, seen: true } }];
  });
}

export const splitLines = (text: string): string[] => text.replace(/^\uFEFF/, '').split(/\r?\n/);

function placeOf(
  call: SocketCall,
  calls: CallIndex,
  records: readonly SiteRecord[],
  lines: Int32Array,
  baseline: Baseline,
): { record: SiteRecord; stale: boolean } | null {
  const line = lines[call.site.line] ?? -1;
  if (line >= 0 && baseline.exact) {
    const there = records.filter((record) => record.site.line === line + 1);
    const exact = there.find((record) => record.site.column === call.site.character + 1);
    if (exact) return { record: exact, stale: false };
    // Another compiler's columns may differ: good enough where there is no choice on either side.
    return only(call, calls.onLines(call.site.line, call.site.line), there, false);
  }
  // The line was changed: the same kind of call between the same unchanged neighbours.
  let first = call.site.line;
  let last = call.site.line;
  while (first > 0 && lines[first - 1] === -1) first--;
  while (last < lines.length - 1 && lines[last + 1] === -1) last++;
  if (line >= 0) first = last = call.site.line;
  const from = line >= 0 ? line : first === 0 ? 0 : lines[first - 1]! + 1;
  const to = line >= 0 ? line + 1 : last === lines.length - 1 ? baseline.lines.length : lines[last + 1]!;
  const there = records.filter((record) => record.site.line > from && record.site.line <= to);
  return only(call, calls.onLines(first, last), there, true);
}

function only(
  call: SocketCall,
  near: readonly SocketCall[],
  records: readonly SiteRecord[],
  stale: boolean,
): { record: SiteRecord; stale: boolean } | null {
  const fitting = records.filter((record) => fits(call, record));
  const rivals = near.filter((other) => other.api === call.api);
  return fitting.length === 1 && rivals.length === 1 ? { record: fitting[0]!, stale } : null;
}

/** Whether events at a place can come from such a call. */
function fits(call: SocketCall, record: SiteRecord): boolean {
  switch (call.api) {
    case 'server.listen':
      return record.calls.has('listen') || record.apis.has('server.listen');
    case 'net.connect':
    case 'net.createConnection':
    case 'tls.connect':
    case 'socket.connect':
      return record.calls.has('connect');
    case 'dgram.bind':
      return record.calls.has('bind') && !record.calls.has('listen');
    default:
      return record.apis.has(call.api);
  }
}
