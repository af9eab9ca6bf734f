/** Ports and hosts for the arguments of socket calls: those of the last run, and those that open documents name. */
import { type CompletionItem, CompletionItemKind, type Range } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { addressEntry } from '../knowledge';
import type { Place, SocketCall } from './analysis';
import { argumentAt } from './argument-at';
import type { RunSites } from './run-sites';

/** Where ports may come from. */
export interface Known {
  run: RunSites | null;
  /** Calls of all open documents, with the name of their file. */
  open: readonly { file: string; calls: readonly SocketCall[] }[];
}

const LISTENS = /^(?:server\.listen|dgram\.bind)$/;
const HOSTS = ['127.0.0.1', '::1', 'localhost', '0.0.0.0', '::'];
/** No addresses to connect to. */
const WILDCARDS = new Set(['0.0.0.0', '::']);

interface Port {
  port: number;
  says: string;
}

/** What fits at a place of a document; empty where no socket call takes a port or a host. */
export function completionsAt(document: TextDocument, place: Place, calls: readonly SocketCall[], known: Known): CompletionItem[] {
  const found = argumentAt(document.getText(), document.offsetAt(place), calls, (at) => document.offsetAt(at));
  if (!found) return [];
  const { call, slot, quote, from } = found;
  const listens = LISTENS.test(call.api) || found.local;
  const range = { start: document.positionAt(from), end: place };
  if (slot === 'port') {
    if (quote) return [];
    const ports = portsOf(call, known);
    if (listens) ports.push({ port: 0, says: 'the system chooses a free one' });
    return ports.map(({ port, says }, at) => item(String(port), says, at, CompletionItemKind.Value, range, String(port)));
  }
  const hosts = [...HOSTS.filter((host) => listens || !WILDCARDS.has(host)), ...hostsOf(known)];
  return [...new Set(hosts)].map((host, at) => {
    const says = addressEntry(host, listens)?.what ?? 'in your last run';
    return item(host, says, at, CompletionItemKind.Constant, range, quote ? host : `'${host}'`);
  });
}

function item(label: string, says: string, at: number, kind: CompletionItemKind, range: Range, newText: string): CompletionItem {
  return {
    label,
    detail: says.replaceAll('`', ''),
    kind,
    // Before what the editor finds by words alone, in our order.
    sortText: `0${String(at).padStart(3, '0')}`,
    filterText: newText,
    textEdit: { range, newText },
  };
}

/** Each port once: what runs say of it is worth more than what a source says. */
function portsOf(call: SocketCall, { run, open }: Known): Port[] {
  const isDatagram = call.api.startsWith('dgram');
  const found = new Map<number, string>();
  for (const { role, protocol, local, pid } of run?.reader.sockets ?? []) {
    const wanted = isDatagram ? role === 'datagram' : role === 'listener';
    if (!wanted || !protocol.startsWith(isDatagram ? 'udp' : 'tcp') || !local || !('port' in local) || local.port === 0) continue;
    const program = run?.reader.processes.find((each) => each.pid === pid)?.program ?? '';
    found.set(local.port, `last run: ${isDatagram ? 'bound' : 'listening'}${program ? ` in ${program.split(/[\\/]/).at(-1)}` : ''}`);
  }
  for (const { file, calls } of open) {
    for (const { api, args, name } of calls) {
      if (!LISTENS.test(api) || api.startsWith('dgram') !== isDatagram || args.port.is !== 'literal' || args.port.value === 0) continue;
      if (!found.has(args.port.value)) found.set(args.port.value, `${file}:${name.start.line + 1}`);
    }
  }
  return [...found].map(([port, says]) => ({ port, says }));
}

function hostsOf({ run }: Known): string[] {
  const found = new Set<string>();
  for (const { role, local } of run?.reader.sockets ?? [])
    if (role === 'listener' && local && 'address' in local && local.address) found.add(local.address);
  return [...found].filter((host) => !WILDCARDS.has(host));
}
