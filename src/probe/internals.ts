// biome-ignore lint/suspicious/noExplicitAny: Node's bindings have no types
type Binding = any;

/** What the handle-level hooks need of Node's inside. */
export interface Internals {
  TCP: Binding;
  Pipe: Binding;
  UDP: Binding;
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
export function binding(name: string): Binding {
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

/** Counts the turns of the event loop; null where Node does not. */
export function loopCounter(): (() => number) | null {
  // Through unknown: with the types of a browser beside those of Node, nodeTiming is not known.
  const { nodeTiming: timing } = performance as unknown as { nodeTiming?: { uvMetricsInfo?: { loopCount: number } } };
  if (typeof timing?.uvMetricsInfo?.loopCount !== 'number') return null;
  return () => timing.uvMetricsInfo?.loopCount ?? 0;
}
