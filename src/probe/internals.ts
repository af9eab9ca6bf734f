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
  /** What the event loop says of itself; null where Node does not tell its turns. */
  loop: LoopMeter | null;
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

/** What Node tells of the event loop of this thread. Calling it changes nothing. */
export interface LoopMeter {
  /** Turns of the event loop so far. */
  turn(): number;
  /** How long the loop has waited for events so far, in ms with a fraction; null where Node does not say. */
  idle: (() => number) | null;
}

/**
 * Meters of the event loop; null where Node does not count its turns. Node 20 to 26 have both as getters of performance.nodeTiming. The getters are
 * kept, because the program may replace what stands in a global later: calling them costs 10 to 150 ns (turn) and 30 to 90 ns (idle).
 */
export function loopMeter(): LoopMeter | null {
  // Through unknown: with the types of a browser beside those of Node, nodeTiming is not known.
  const { nodeTiming } = performance as unknown as { nodeTiming?: { uvMetricsInfo?: { loopCount?: unknown }; idleTime?: unknown } };
  if (typeof nodeTiming?.uvMetricsInfo?.loopCount !== 'number') return null;
  const metrics = getterOf(nodeTiming, 'uvMetricsInfo') as (() => { loopCount: number }) | null;
  if (metrics === null) return null;
  return {
    turn: () => metrics().loopCount,
    idle: typeof nodeTiming.idleTime === 'number' ? (getterOf(nodeTiming, 'idleTime') as (() => number) | null) : null,
  };
}

/** A getter that is there now, bound to its object. */
function getterOf(object: object, name: string): (() => unknown) | null {
  const { get } = Object.getOwnPropertyDescriptor(object, name) ?? {};
  return get === undefined ? null : get.bind(object);
}
