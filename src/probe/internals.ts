// biome-ignore lint/suspicious/noExplicitAny: Node's bindings have no types
type Binding = any;

/** What the handle-level hooks need of Node's inside. */
export interface Internals {
  TCP: Binding;
  Pipe: Binding;
  UDP: Binding;
  /** Node's TLS on top of stream handles; null in a Node without it. */
  tls: Binding | null;
  /** The native prototype that TCP and Pipe share (LibuvStreamWrap). */
  streamParent: object;
  streamBaseState: Int32Array;
  kReadBytesOrError: number;
  kArrayBufferOffset: number;
  kBytesWritten: number;
  kLastWriteWasAsync: number;
  /** Node 26: error of a write that returned a request. */
  kLastWriteErr: number | undefined;
  onreadEnumerable: boolean;
  /** Turns of the event loop so far; 0 where Node does not say. */
  loopCount(): number;
}

/** process.binding without DEP0111, which it gives under --pending-deprecation. */
function binding(name: string): Binding {
  const open = () => (process as unknown as { binding(name: string): Binding }).binding(name);
  // Under --no-deprecation it is true already, and read-only.
  if (process.noDeprecation === true) return open();
  const before = Object.getOwnPropertyDescriptor(process, 'noDeprecation');
  process.noDeprecation = true;
  try {
    return open();
  } finally {
    if (before !== undefined) Object.defineProperty(process, 'noDeprecation', before);
    else Reflect.deleteProperty(process, 'noDeprecation');
  }
}

/** A part of Node's inside, null where there is none or Node does not let anybody at it (--permission). */
export function openBinding(name: string): Binding | null {
  try {
    return binding(name) ?? null;
  } catch {
    return null;
  }
}

const TCP_METHODS = [
  'open',
  'bind',
  'bind6',
  'listen',
  'connect',
  'connect6',
  'getsockname',
  'getpeername',
  'close',
  'shutdown',
  'readStart',
  'readStop',
  'writev',
  'writeBuffer',
  'writeUtf8String',
  'writeLatin1String',
];
const PIPE_METHODS = ['open', 'bind', 'listen', 'connect', 'close', 'shutdown', 'readStart', 'readStop', 'writev', 'writeBuffer'];
const UDP_METHODS = ['bind', 'bind6', 'send', 'send6', 'connect', 'connect6', 'recvStart', 'recvStop', 'close', 'getsockname'];
const OLDEST = 20;
const NEWEST = 26;

/**
 * Reaches Node's handles and checks every assumption that the hooks rest on. Returns what was found, or the sentence that says
 * what is missing. `broken` (tests only) makes the named check fail.
 */
export function openInternals(broken: string | undefined): Internals | { problem: string } {
  const major = Number(process.versions.node.split('.')[0]);
  if (broken === 'version' || !(major >= OLDEST && major <= NEWEST)) {
    return {
      problem: `Node ${broken === 'version' ? '(test)' : process.versions.node} is not one that this probe knows (${OLDEST} to ${NEWEST})`,
    };
  }
  try {
    const { TCP } = binding('tcp_wrap');
    const { Pipe } = binding('pipe_wrap');
    const { UDP } = binding('udp_wrap');
    const stream = binding('stream_wrap');
    const missing = (broken === 'internals' ? ['TCP.(test)'] : [])
      .concat(lacking('TCP', TCP, TCP_METHODS))
      .concat(lacking('Pipe', Pipe, PIPE_METHODS))
      .concat(lacking('UDP', UDP, UDP_METHODS));
    if (missing.length > 0) return { problem: `Node ${process.versions.node} has no ${missing.join(', ')}` };
    const parent = Object.getPrototypeOf(TCP.prototype);
    const onread = Object.getOwnPropertyDescriptor(parent, 'onread');
    const numbers = ['kReadBytesOrError', 'kArrayBufferOffset', 'kBytesWritten', 'kLastWriteWasAsync'];
    if (
      parent !== Object.getPrototypeOf(Pipe.prototype) ||
      onread === undefined ||
      !(stream.streamBaseState instanceof Int32Array) ||
      numbers.some((name) => typeof stream[name] !== 'number')
    ) {
      return { problem: `the stream handles of Node ${process.versions.node} have another shape` };
    }
    return {
      TCP,
      Pipe,
      UDP,
      tls: openBinding('tls_wrap'),
      streamParent: parent,
      streamBaseState: stream.streamBaseState,
      kReadBytesOrError: stream.kReadBytesOrError,
      kArrayBufferOffset: stream.kArrayBufferOffset,
      kBytesWritten: stream.kBytesWritten,
      kLastWriteWasAsync: stream.kLastWriteWasAsync,
      kLastWriteErr: stream.kLastWriteErr,
      onreadEnumerable: onread.enumerable === true,
      loopCount: loopCounter(),
    };
  } catch (error) {
    return { problem: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ERR_ACCESS_DENIED') return 'under --permission Node does not let the probe at its handles';
  return `Node does not let the probe at its handles (${code ?? String(error)})`;
}

function loopCounter(): () => number {
  const timing = performance.nodeTiming as unknown as { uvMetricsInfo?: { loopCount: number } };
  if (typeof timing?.uvMetricsInfo?.loopCount !== 'number') return () => 0;
  return () => timing.uvMetricsInfo?.loopCount ?? 0;
}

function lacking(name: string, type: Binding, methods: string[]): string[] {
  if (typeof type !== 'function') return [name];
  return methods.filter((method) => typeof type.prototype[method] !== 'function').map((method) => `${name}.${method}`);
}
