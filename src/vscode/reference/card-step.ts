/** Finds the step of a trace that a card is about. */
import { readFile } from 'node:fs/promises';
import type { TraceReader } from '../../contracts/trace-model';
import type { CardStep } from '../../knowledge';
import { SocktraceDecoder } from '../../trace';

/** Other names of a call: what a run has depends on the system. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  accept: ['accept4', 'AcceptEx'],
  connect: ['ConnectEx'],
  write: ['writev', 'send', 'sendto', 'sendmsg', 'WSASend'],
  read: ['recv', 'recvfrom', 'recvmsg', 'WSARecv'],
  sendmsg: ['sendmmsg', 'WSASendTo'],
  socket: ['WSASocketW'],
  close: ['closesocket'],
};

/** The first step that shows it, from 1; null when the trace has none. */
export function stepOf(reader: TraceReader, { field, value }: CardStep): number | null {
  const wanted = new Set([value, ...(field === 'call' ? (ALSO[value] ?? []) : [])]);
  for (let seq = 1; seq <= reader.size; seq++) {
    const here = field === 'state' ? reader.stateTo(seq) : field === 'api' ? reader.api(seq) : reader.call(seq);
    if (here !== null && wanted.has(here)) return seq;
  }
  return null;
}

/** The same of a file; null also when it cannot be read: then it shows nothing. */
export async function stepInFile(path: string, step: CardStep): Promise<number | null> {
  try {
    const decoder = new SocktraceDecoder();
    decoder.push(await readFile(path));
    return stepOf(decoder.store, step);
  } catch {
    return null;
  }
}
