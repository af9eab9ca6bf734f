import type { MessageLook } from '../../contracts/stuck';
import type { TraceReader } from '../../contracts/trace-model';

/** More than this is not looked through. */
const MOST = 64 * 1024;

/**
 * Whether the bytes of some reads, taken together, look like a whole message: a line that ends, an HTTP message as long as it
 * says, a length in front (1, 2 or 4 bytes, big endian) that fits exactly. `unknown` when not all of them were captured.
 */
export function lookOf(trace: TraceReader, reads: readonly number[]): MessageLook {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (const seq of reads) {
    const { payload, bytes } = trace.event(seq);
    if (!payload || payload.length !== bytes) return 'unknown';
    size += payload.length;
    if (size > MOST) return 'unknown';
    parts.push(payload);
  }
  if (size === 0) return 'unknown';
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  if (isHttp(all)) return 'http';
  if (lengthFits(all)) return 'length';
  if (all.at(-1) === 10) return 'line';
  return all.every((byte) => byte >= 32 || byte === 9 || byte === 13) ? 'no-newline' : 'unknown';
}

function lengthFits(all: Uint8Array): boolean {
  for (const width of [4, 2, 1]) {
    if (all.length <= width) continue;
    let value = 0;
    for (let i = 0; i < width; i++) value = value * 256 + all[i]!;
    // A length byte that is a printable character is more likely text.
    if (value === all.length - width && (width > 1 || all[0]! < 32)) return true;
  }
  return false;
}

/** RFC 9112: a head that ends with an empty line, and as many bytes behind it as Content-Length says. */
function isHttp(all: Uint8Array): boolean {
  let head = '';
  for (const byte of all.subarray(0, 8192)) head += String.fromCharCode(byte);
  const end = head.indexOf('\r\n\r\n');
  if (end < 0 || !/^(?:[A-Z]+ \S+ HTTP\/1|HTTP\/1)/.test(head)) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head.slice(0, end));
  return all.length - end - 4 === (length ? Number(length[1]) : 0);
}
