/** What became of a datagram that did not arrive, in words: the same on the picture, in the card and in the transcripts. */
import type { TraceReader, Undelivered } from '../contracts/trace-model';

/** Own events of the receiver that are searched for the kernel's count. */
const LOOK_BACK = 500;

/** One word for it, to stand beside the number of bytes. */
export const FATE_WORDS: Readonly<Record<Undelivered['fate'], string>> = {
  lost: 'lost',
  refused: 'refused',
  dropped: 'dropped (injected)',
};

/** A few words for a line of a transcript; '' when the step is no such datagram. */
export function undeliveredNote(reader: TraceReader, seq: number): string {
  const found = reader.undelivered(seq);
  if (found === null) return '';
  const { fate, shown, received } = found;
  if (fate === 'lost') return `lost (step ${shown})`;
  if (fate === 'refused') return seq === shown ? `the answer to step ${found.sent}` : `refused (step ${shown})`;
  // The fault says itself what it did.
  if (seq === shown) return '';
  return seq === received ? `thrown away by the fault (step ${shown})` : `dropped by the fault (step ${shown})`;
}

/** What became of it and how that is known, in sentences for the card; '' when the step is no such datagram, or says it all itself. */
export function undeliveredText(reader: TraceReader, seq: number): string {
  const found = reader.undelivered(seq);
  if (found === null) return '';
  const who = receiverName(reader, found);
  const { fate, shown, received, sent, receiver } = found;
  if (fate === 'lost') {
    const closed = reader.sockets[receiver]?.death === shown;
    const why = closed
      ? `${who} was closed at step ${shown} and had not received it`
      : `${who} received one that was sent later (step ${shown}), and on one machine they keep their order`;
    const drops = dropsOf(reader, receiver);
    const kernel =
      drops > 0
        ? ` The kernel counted ${drops === 1 ? '1 datagram' : `${drops} datagrams`} that it threw away at ${who}; mostly that means that the receive buffer was full.`
        : '';
    return `Lost: ${why}.${kernel}`;
  }
  if (fate === 'refused') {
    if (seq !== shown)
      return `Refused: no socket receives there. An ICMP message came back, and this socket was told at step ${shown}, because it is connected.`;
    return `It is the answer (ICMP port unreachable) to the datagram sent at step ${sent}. This call itself did nothing wrong.`;
  }
  if (seq === shown) return '';
  return seq === received
    ? `The injected fault at step ${shown} threw it away: the program never got it.`
    : `It reached ${who} (step ${received}), but the injected fault at step ${shown} threw it away: the program never got it.`;
}

function receiverName(reader: TraceReader, { receiver }: Undelivered): string {
  return reader.sockets[receiver]?.id ?? 'the receiver';
}

/** Datagrams that the kernel says it threw away at a socket (/proc/net/udp), as last read. */
function dropsOf(reader: TraceReader, socket: number): number {
  const events = reader.eventsOfSocket(socket);
  for (let i = events.length - 1; i >= Math.max(0, events.length - LOOK_BACK); i--) {
    if (reader.kind(events[i]!) !== 'kernel') continue;
    const drops = reader.event(events[i]!).args?.drops;
    if (typeof drops === 'number') return drops;
  }
  return 0;
}
