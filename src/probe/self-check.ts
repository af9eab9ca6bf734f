import { binding, type Internals, type LoopMeter, loopMeter } from './internals';

// biome-ignore lint/suspicious/noExplicitAny: Node's bindings have no types
type Binding = any;

/** What the self-check found out. Each problem is a part of a sentence, and each takes away only what rests on it. */
export interface Findings {
  /** Null when not even the bindings can be reached. */
  internals: Internals | null;
  /** Why the handles of TCP and Unix-domain sockets cannot be hooked; null when they can. */
  streams: string | null;
  /** Why the handles of UDP sockets cannot be hooked; null when they can. */
  datagrams: string | null;
  /** Whole sentences about smaller things that are missing. */
  details: string[];
}

/** Names of checks that tests make fail (SOCKETSCOPE_TEST_BREAK, separated by commas). */
export const CHECKS = ['version', 'binding', 'internals', 'shape', 'counters', 'datagrams', 'loop', 'idle', 'stacks'] as const;

const STREAM_METHODS = ['open', 'bind', 'listen', 'connect', 'close', 'shutdown', 'readStart', 'readStop', 'writev', 'writeBuffer'];
const TCP_METHODS = [...STREAM_METHODS, 'bind6', 'connect6', 'getsockname', 'getpeername', 'writeUtf8String', 'writeLatin1String'];
const UDP_METHODS = ['bind', 'bind6', 'send', 'send6', 'connect', 'connect6', 'recvStart', 'recvStop', 'close', 'getsockname'];
const STREAM_COUNTERS = ['fd', 'bytesRead', 'bytesWritten', 'writeQueueSize'];
const STATE_PLACES = ['kReadBytesOrError', 'kArrayBufferOffset', 'kBytesWritten', 'kLastWriteWasAsync'];
const OLDEST = 20;
const NEWEST = 26;

/**
 * Opens Node's bindings (1 to 2 ms, Node loads them) and checks every assumption that the hooks rest on (some 50 us). `broken` (tests only): names of
 * checks that are to fail.
 */
export function selfCheck(broken: string | undefined): Findings {
  const fails = new Set(broken?.split(','));
  const node = process.versions.node;
  const nothing = (problem: string): Findings => ({ internals: null, streams: problem, datagrams: problem, details: [] });
  const major = Number(node.split('.')[0]);
  if (fails.has('version') || !(major >= OLDEST && major <= NEWEST)) {
    return nothing(`Node ${fails.has('version') ? '(test)' : node} is not one that this probe knows (${OLDEST} to ${NEWEST})`);
  }
  try {
    if (fails.has('binding')) throw Object.assign(new Error('test'), { code: '(test)' });
    const { TCP } = binding('tcp_wrap');
    const { Pipe } = binding('pipe_wrap');
    const { UDP } = binding('udp_wrap');
    const stream = binding('stream_wrap');
    const loop = fails.has('loop') ? null : loopMeter();
    if (loop !== null && (fails.has('idle') || !isIdleTime(loop.idle))) loop.idle = null;
    const internals = openInternals(TCP, Pipe, UDP, stream, loop);
    const details: string[] = [];
    if (loop?.idle === null) {
      details.push('Node does not say here how long its event loop waits: there is no lane “event loop” for this program.');
    }
    if (loop === null) {
      details.push(
        'Node does not say here which reads belong to one wake-up of the socket: reads that found nothing (EAGAIN) may be missing, and there is no lane “event loop”.',
      );
    }
    return {
      internals,
      streams: streamsProblem(node, TCP, Pipe, stream, fails),
      datagrams: lacking(node, 'UDP', UDP, [...UDP_METHODS, ...(fails.has('datagrams') ? ['(test)'] : [])]),
      details,
    };
  } catch (error) {
    return nothing(reasonOf(error));
  }
}

/** Whether this is the clock that the lane of the event loop rests on: ms that only grow, 0 before the loop has begun (uv_metrics_idle_time). */
function isIdleTime(idle: LoopMeter['idle']): boolean {
  if (idle === null) return false;
  const [first, second] = [idle(), idle()];
  return Number.isFinite(first) && first >= 0 && second >= first;
}

function streamsProblem(node: string, TCP: Binding, Pipe: Binding, stream: Binding, fails: ReadonlySet<string>): string | null {
  const missing =
    lacking(node, 'TCP', TCP, [...TCP_METHODS, ...(fails.has('internals') ? ['(test)'] : [])]) ??
    lacking(node, 'Pipe', Pipe, STREAM_METHODS);
  if (missing !== null) return missing;
  const parent = Object.getPrototypeOf(TCP.prototype);
  const onread = Object.getOwnPropertyDescriptor(parent, 'onread');
  const isAsKnown =
    parent === Object.getPrototypeOf(Pipe.prototype) &&
    onread !== undefined &&
    stream.streamBaseState instanceof Int32Array &&
    STATE_PLACES.every((name) => typeof stream[name] === 'number' && stream[name] < stream.streamBaseState.length);
  if (!isAsKnown || fails.has('shape')) return `the stream handles of Node ${node} have another shape`;
  const counters = fails.has('counters') ? ['(test)'] : STREAM_COUNTERS;
  const uncounted = counters.filter((name) => typeof Object.getOwnPropertyDescriptor(parent, name)?.get !== 'function');
  return uncounted.length > 0 ? `the stream handles of Node ${node} do not tell ${uncounted.join(', ')}` : null;
}

function openInternals(TCP: Binding, Pipe: Binding, UDP: Binding, stream: Binding, loop: LoopMeter | null): Internals {
  const parent = Object.getPrototypeOf(TCP?.prototype ?? {}) ?? {};
  return {
    TCP,
    Pipe,
    UDP,
    streamParent: parent,
    streamBaseState: stream.streamBaseState,
    kReadBytesOrError: stream.kReadBytesOrError,
    kArrayBufferOffset: stream.kArrayBufferOffset,
    kBytesWritten: stream.kBytesWritten,
    kLastWriteWasAsync: stream.kLastWriteWasAsync,
    kLastWriteErr: stream.kLastWriteErr,
    onreadEnumerable: Object.getOwnPropertyDescriptor(parent, 'onread')?.enumerable === true,
    loop,
  };
}

function lacking(node: string, name: string, type: Binding, methods: readonly string[]): string | null {
  if (typeof type !== 'function') return `Node ${node} has no ${name}`;
  const missing = methods.filter((method) => typeof type.prototype[method] !== 'function');
  return missing.length === 0 ? null : `Node ${node} has no ${missing.map((method) => `${name}.${method}`).join(', ')}`;
}

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  const under = code === 'ERR_ACCESS_DENIED' ? ' under --permission' : '';
  return `Node does not let the probe at its handles${under} (${code ?? String(error)})`;
}

/** What is said of the findings; nothing when all is as it should be. */
export function findingsSaid({ streams, datagrams, details }: Findings): string[] {
  const said = [...details];
  if (streams !== null && datagrams !== null) {
    said.unshift(`System calls are not visible here: ${streams}. Only calls of net and dgram are shown.`);
  } else if (streams !== null) {
    said.unshift(`System calls of TCP and Unix-domain sockets are not visible here: ${streams}. Only calls of net are shown.`);
  } else if (datagrams !== null) {
    said.unshift(`System calls of UDP sockets are not visible here: ${datagrams}. Only calls of dgram are shown.`);
  }
  return said;
}
