/**
 * The `.socktrace` format, version 1.
 *
 * MAGIC (8 bytes), major (u8), minor (u8), then records to the end of the file:
 *
 *     type (u8)  length (varint)  body (length bytes)  check (u32, little-endian)
 *
 * `check` runs over type, length and body and starts from the check of the record before, so that a flipped bit, a lost
 * or a swapped record is found. A varint is LEB128: seven bits a byte, the lowest first, at most 53 bits in all. `signed` is
 * a varint in zigzag form. Text is UTF-8. References count from 1 in order of definition; 0 is none.
 *
 * | type | record  | body |
 * |------|---------|------|
 * | 1    | header  | JSON: TraceHeader without processes; a later one replaces it |
 * | 2    | process | varint index, JSON ProcessInfo; a known index is updated |
 * | 3    | socket  | varint index, JSON SocketInfo as far as known; a known index is updated |
 * | 4    | name    | text: the next name |
 * | 5    | site    | varint name of the file, line, column, 1 when `cause` |
 * | 6    | shape   | varint names of kind, provenance, call, api, error, state from, state to, buffer |
 * | 7    | args    | text: JSON object |
 * | 8    | ends    | JSON [local, remote] |
 * | 9    | event   | see below |
 * | 10   | end     | varint number of events: the trace is whole |
 * | 11   | loop    | varint process, thread, distance back to the thread's event before (0: none), turns, ns waited, 1 when `resumed`; stands before its event |
 *
 * Event: flags (u8, what follows is there), shape (varint, not 0), time (signed, ns since the event before), process
 * (varint index), then by flag: 1 socket (varint index), 2 fd (signed), 4 result (signed), 8 bytes (signed), 16 site,
 * 32 args, 64 ends (varint), 128 payload (varint length, then the bytes). What follows after that belongs to a newer
 * minor version and is kept.
 *
 * Readers keep records of unknown type and unknown names (kinds, calls) as they are. A new major version means
 * that an old reader would show something wrong; it refuses.
 */
export const MAGIC = Uint8Array.of(0x89, 0x53, 0x4f, 0x43, 0x4b, 0x54, 0x0d, 0x0a); // \x89 S O C K T \r \n
export const MAJOR = 1;
export const MINOR = 0;

export const RecordType = {
  header: 1,
  process: 2,
  socket: 3,
  name: 4,
  site: 5,
  shape: 6,
  args: 7,
  ends: 8,
  event: 9,
  end: 10,
  loop: 11,
} as const;

export const Flag = { socket: 1, fd: 2, result: 4, bytes: 8, site: 16, args: 32, ends: 64, payload: 128 } as const;

/** A record longer than this is damage: 64 MiB. */
export const LONGEST_RECORD = 64 * 1024 * 1024;

/** The running check over a record; 32 bits, unsigned. Each step is a bijection, so one changed word always shows. */
export function recordCheck(before: number, type: number, bytes: Uint8Array, start: number, end: number): number {
  let hash = Math.imul(before ^ type, 0x9e3779b1) ^ (end - start);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 15;
  let at = start;
  for (const last = end - 3; at < last; at += 4) {
    hash = Math.imul(hash ^ (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; at < end; at++) {
    hash = Math.imul(hash ^ bytes[at]!, 0x85ebca6b);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}
