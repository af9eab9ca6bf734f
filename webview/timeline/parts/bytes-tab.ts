import type { TraceEvent } from '../../../src/contracts/trace';
import { fill, h } from '../../kit/dom';
import type { Part } from './part';

const PER_LINE = 16;

/** Lines of a hex dump: offset, hex in two groups of eight, printable ASCII. */
export function hexLines(bytes: Uint8Array): { offset: string; hex: string; text: string }[] {
  const lines: { offset: string; hex: string; text: string }[] = [];
  for (let at = 0; at < bytes.length; at += PER_LINE) {
    const part = [...bytes.subarray(at, at + PER_LINE)];
    const hex = part.map((byte) => byte.toString(16).padStart(2, '0'));
    lines.push({
      offset: at.toString(16).padStart(4, '0'),
      hex: `${hex.slice(0, 8).join(' ')}  ${hex.slice(8).join(' ')}`.trimEnd(),
      text: part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join(''),
    });
  }
  return lines;
}

/** Why there are no bytes to show. */
function noBytes(event: TraceEvent | null): string {
  if (!event) return 'Go to a step that reads or writes to see its bytes.';
  if (event.kind === 'call' && event.bytes === 0 && event.call === 'read') return 'No bytes: this read saw the end of the stream.';
  if (event.bytes && event.bytes > 0) return `${event.bytes.toLocaleString('en')} bytes moved. Their content was not captured.`;
  return 'This step moves no bytes. Go to a read or a write.';
}

/** The first bytes that moved at the current step, as text and as hex. */
export function bytesTab(): Part {
  const element = h('div', { class: 'tab-body', tabindex: 0, 'aria-label': 'Bytes of the current step' });
  let shown = '';
  return {
    element,
    update(store) {
      const reader = store.reader;
      if (!reader || store.shownTab !== 'bytes') return;
      const key = `${store.step}/${store.title}`;
      if (key === shown) return;
      shown = key;
      const event = store.step > 0 ? reader.event(store.step) : null;
      if (!event?.payload?.length) {
        fill(element, h('p', { class: 'faint' }, noBytes(event)));
        return;
      }
      const bytes = event.payload;
      const total = Math.max(event.bytes ?? bytes.length, bytes.length);
      const head =
        bytes.length < total
          ? `The first ${bytes.length} of ${total.toLocaleString('en')} bytes`
          : bytes.length === 1
            ? '1 byte'
            : `${bytes.length} bytes`;
      fill(
        element,
        h('p', { class: 'faint' }, `${head}, as text (UTF-8)`),
        h('pre', { class: 'bytes-text', 'data-name': 'payload-text' }, new TextDecoder().decode(bytes)),
        h('p', { class: 'faint' }, 'and as hex'),
        h(
          'pre',
          { class: 'bytes-hex', 'data-name': 'payload-hex' },
          ...hexLines(bytes).map((line) =>
            h(
              'div',
              {},
              h('span', { class: 'faint' }, line.offset),
              `  ${line.hex.padEnd(49)}  `,
              h('span', { class: 'hex-text' }, line.text),
            ),
          ),
        ),
      );
    },
  };
}
