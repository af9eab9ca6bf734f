import { LEFT_OUT } from '../contracts/probe-stream';
import type { BufferName, EventKind, Provenance, SocketStateName } from '../contracts/trace';

/** What an event means for the model, worked out once per shape so that loops compare small integers. */
export const Act = {
  none: 0,
  /** Bytes left the program for the kernel: write, writev, send... */
  send: 1,
  /** Bytes came from the kernel: read, recvmsg... (0 bytes on a stream: end of file). */
  receive: 2,
  /** A reading of a buffer. */
  buffer: 3,
  /** A change of state. */
  state: 4,
  /** What the kernel's own tables said: state, queues (kind `kernel`). */
  reading: 5,
  /** The acts below are rare and change what is known of a socket or process. */
  socket: 6,
  bind: 7,
  listen: 8,
  connect: 9,
  /** getsockopt: with args.option SO_ERROR the end of a connect. */
  getsockopt: 10,
  accept: 11,
  shutdown: 12,
  close: 13,
  /** End of file that libuv reported without a read(2). */
  endOfFile: 14,
  exit: 15,
  /** Says how many calls of the socket were left out, and their bytes, because the run had reached its size. */
  leftOut: 16,
} as const;
export type Act = (typeof Act)[keyof typeof Act];

const CALLS: Record<string, Act> = {
  write: Act.send,
  writev: Act.send,
  send: Act.send,
  sendto: Act.send,
  sendmsg: Act.send,
  sendmmsg: Act.send,
  read: Act.receive,
  readv: Act.receive,
  recv: Act.receive,
  recvfrom: Act.receive,
  recvmsg: Act.receive,
  recvmmsg: Act.receive,
  socket: Act.socket,
  bind: Act.bind,
  listen: Act.listen,
  connect: Act.connect,
  getsockopt: Act.getsockopt,
  accept: Act.accept,
  accept4: Act.accept,
  shutdown: Act.shutdown,
  close: Act.close,
};

/** What many events have in common. Kinds and names of newer versions are kept as they are. */
export interface Shape {
  kind: EventKind;
  provenance: Provenance;
  call: string | null;
  api: string | null;
  error: string | null;
  from: SocketStateName | null;
  to: SocketStateName | null;
  buffer: BufferName | null;
}

/** What an event of this shape means for the model. */
export function actOf(shape: Shape): Act {
  switch (shape.kind) {
    case 'kernel':
      if (shape.call === null) return Act.reading;
      return Object.hasOwn(CALLS, shape.call) ? CALLS[shape.call]! : Act.none;
    case 'call':
      return shape.call !== null && Object.hasOwn(CALLS, shape.call) ? CALLS[shape.call]! : Act.none;
    case 'state':
      return Act.state;
    case 'buffer':
      return Act.buffer;
    case 'exit':
      return Act.exit;
    case 'api':
      if (shape.api === LEFT_OUT) return Act.leftOut;
      return shape.api === 'end of file' ? Act.endOfFile : Act.none;
    default:
      return Act.none;
  }
}

/** The shapes of a trace. There are few: an event needs four bytes for all that its shape says. */
export class ShapeTable {
  readonly list: Shape[] = [];
  readonly acts: Act[] = [];
  /** Whether events of this shape moved bytes, as far as `bytes` says: they did not fail. */
  readonly went: boolean[] = [];
  private readonly ids = new Map<string, number>();

  /** The id of this shape, a new one when it has none yet. */
  id(shape: Shape): number {
    const { kind, provenance, call, api, error, from, to, buffer } = shape;
    const key = `${kind}\n${provenance}\n${call ?? '\0'}\n${api ?? '\0'}\n${error ?? '\0'}\n${from ?? '\0'}\n${to ?? '\0'}\n${buffer ?? '\0'}`;
    let id = this.ids.get(key);
    if (id === undefined) {
      id = this.list.length;
      this.ids.set(key, id);
      this.list.push(shape);
      this.acts.push(actOf(shape));
      this.went.push(error === null);
    }
    return id;
  }
}
