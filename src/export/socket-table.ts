/** The sockets at a step, in the columns of netstat. */
import type { Reading, SocketState, TraceReader } from '../contracts/trace-model';
import { formatAddress } from '../trace';
import { clean } from './clean';

/** The lines of the table: a head, then a line for each socket that is born and not yet gone; only `socket` when given. */
export function socketTable(trace: TraceReader, step: number, socket?: string): string[] {
  const state = trace.stateAt(step);
  const names = new Map(trace.processes.map((process) => [process.pid, process.program]));
  const rows = state.sockets
    .filter((row) => (socket === undefined ? row.open || row.state !== 'CLOSED' : row.id === socket))
    .map((row) => cells(row, names.get(row.pid) ?? String(row.pid)));
  const head = ['Socket', 'Program', 'Fd', 'Proto', 'Recv-Q', 'Send-Q', 'Local', 'Foreign', 'State'];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  const right = new Set([2, 4, 5]);
  const line = (row: string[]) =>
    row
      .map((cell, column) => (right.has(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd();
  const title = `step ${step} of ${trace.size}, ${(state.t / 1e6).toFixed(3)} ms${rows.length === 0 ? ': no sockets' : ''}`;
  return rows.length === 0 ? [title] : [title, line(head), ...rows.map(line)];
}

function cells(row: SocketState, program: string): string[] {
  const listening = row.state === 'LISTEN';
  return [
    row.id,
    clean(program),
    row.open && row.fd !== null ? String(row.fd) : '-',
    row.protocol,
    reading(row.recvQ),
    reading(row.sendQ),
    row.local === null ? '-' : clean(formatAddress(row.local)) || '-',
    row.remote === null ? (listening ? '*:*' : '-') : clean(formatAddress(row.remote)) || '-',
    row.orState === null ? row.state : `${row.state} or ${row.orState}`,
  ];
}

function reading(value: Reading | null): string {
  if (value === null) return '-';
  return value.low === value.high ? String(value.low) : `${value.low}..${value.high}`;
}
