import type { TraceReader } from '../../../src/contracts/trace-model';
import { type Datagram, type DatagramFate, textRuns } from '../../../src/trace/bytes';
import { h, icon } from '../../kit/dom';
import { provenanceSign } from './provenance';

const FATES: Record<DatagramFate, { icon: string; word: string; title: string }> = {
  received: { icon: 'check', word: 'received', title: 'Exactly one traced receive fits it' },
  reordered: { icon: 'arrow-swap', word: 'out of order', title: 'Received after one that was sent later: UDP does not keep the order' },
  lost: { icon: 'error', word: 'lost', title: 'Its receiver took one that was sent later, or was closed; it never received this one' },
  refused: { icon: 'circle-slash', word: 'refused', title: 'The answer was that nobody receives there (ICMP port unreachable)' },
  failed: { icon: 'error', word: 'not sent', title: 'The call failed' },
  unknown: {
    icon: 'question',
    word: 'not known',
    title: 'The receiver is not in this trace, it never asked for it, or several datagrams are alike',
  },
};

/** What injected faults did to a datagram. */
const INJECTED: Record<string, string> = {
  drop: 'then thrown away',
  duplicate: 'then given again',
  reorder: 'then held behind others',
  delay: 'then held back',
};

/** Rows at most: around the step. */
const MOST = 60;

/** Datagrams of one socket, each in a box of its own: borders are kept, order and arrival are not promised. */
export function datagramsView(
  reader: TraceReader,
  datagrams: readonly Datagram[],
  step: number,
  goTo: (seq: number) => void,
): (HTMLElement | null)[] {
  if (datagrams.length === 0) return [h('p', { class: 'faint' }, 'This socket sent no datagram in this run.')];
  const counts = new Map<DatagramFate, number>();
  for (const { fate } of datagrams) counts.set(fate, (counts.get(fate) ?? 0) + 1);
  const copies = datagrams.filter((one) => one.received.length > 1).length;
  const words = [...counts].map(([fate, count]) => `${count.toLocaleString('en')} ${FATES[fate].word}`);
  if (copies) words.push(`${copies} received more than once`);
  let current = datagrams.findIndex((one) => one.sent === step || one.received.includes(step));
  if (current < 0)
    current = Math.max(
      0,
      datagrams.findLastIndex((one) => one.sent <= step),
    );
  const from = Math.max(0, Math.min(current - MOST / 2, datagrams.length - MOST));
  const shown = datagrams.slice(from, from + MOST);
  const link = (seq: number, text: string) => {
    const button = h('button', { type: 'button', class: 'link', 'aria-current': seq === step ? 'step' : null }, text);
    button.addEventListener('click', () => goTo(seq));
    return button;
  };
  const arrivals = [...datagrams.filter((one) => one.received.length > 0)].sort((a, b) => a.received[0]! - b.received[0]!);
  const arrival = new Map(arrivals.map((one, i) => [one, i + 1]));
  return [
    h(
      'p',
      { class: 'faint' },
      `${datagrams.length === 1 ? '1 send' : `${datagrams.length.toLocaleString('en')} sends`}: ${words.join(', ')}. Each box is one datagram: one send, one receive, never joined or split.`,
    ),
    h(
      'table',
      { class: 'datagrams' },
      h('thead', {}, h('tr', {}, ...['Sent', 'Datagram', 'What became of it'].map((name) => h('th', { scope: 'col' }, name)))),
      h(
        'tbody',
        {},
        ...shown.map((one, i) => {
          const fate = FATES[one.fate];
          const now = one.sent === step || one.received.includes(step);
          return h(
            'tr',
            { class: now ? 'current' : one.sent > step ? 'later' : null, 'data-sent': one.sent },
            h('td', {}, `${from + i + 1}. `, link(one.sent, `step ${one.sent}`)),
            h(
              'td',
              {},
              h(
                'span',
                { class: `datagram fate-${one.fate}` },
                h('span', { class: 'datagram-text' }, preview(reader, one.sent)),
                h('span', { class: 'faint' }, `${one.bytes.toLocaleString('en')} B`),
              ),
            ),
            h(
              'td',
              { title: fate.title },
              h('span', { class: `fate fate-${one.fate}` }, icon(fate.icon), one.error ? `${fate.word}: ${one.error}` : fate.word),
              ...one.received.flatMap((seq, n) => [n > 0 ? ', again ' : ` ${ordinal(arrival.get(one)!)}, `, link(seq, `step ${seq}`)]),
              ...one.injected.flatMap(({ fault, seq }) => [
                h('span', { class: 'injected' }, provenanceSign('injected'), INJECTED[fault] ?? fault, ' '),
                link(seq, `step ${seq}`),
              ]),
            ),
          );
        }),
      ),
    ),
    shown.length < datagrams.length
      ? h('p', { class: 'faint' }, `Showing ${from + 1} to ${from + shown.length} of ${datagrams.length.toLocaleString('en')}.`)
      : null,
  ];
}

const ordinal = (n: number) => `${n}${['th', 'st', 'nd', 'rd'][n % 100 > 10 && n % 100 < 14 ? 0 : n % 10] ?? 'th'}`;

function preview(reader: TraceReader, seq: number): string {
  const { payload } = reader.event(seq);
  if (!payload?.length) return '';
  const runs = textRuns(payload.subarray(0, 24), 0);
  const text = runs.map((run) => (run.kind === 'text' ? run.text.replace(/\p{Cc}/gu, '·') : '·')).join('');
  return payload.length > 24 ? `${text}…` : text;
}
