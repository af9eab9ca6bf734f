/** The pure model of a trace: what other folders may use of it. */
export { addressKey, covers, formatAddress, isLoopback, plainIp } from './addresses';
export { type BufferSeries, bufferSeries, readingOf, SERIES, type SeriesName, type SeriesPoint, seriesNames } from './buffers';
export { decodeWhole, SocktraceDecoder } from './codec/decoder';
export { encodeWhole, TraceEncoder } from './codec/encoder';
export { compareTraces } from './compare';
export { TraceFormatError } from './errors';
export { mainLoop, readingsOf } from './loop/spans';
export {
  eventsBySite,
  eventsOfSite,
  firstOfSocket,
  isFailure,
  nextError,
  nextOnSocket,
  nextStateChange,
  previousOnSocket,
  search,
} from './queries';
export type { NewSocket } from './socket-book';
export { type NewHeader, TraceStore } from './store';
export {
  findStuck,
  lookForStuck,
  type MessageLook,
  STUCK_AFTER,
  STUCK_PATTERNS,
  type StuckFinding,
  type StuckLook,
  type StuckOptions,
  type StuckPatternId,
} from './stuck';
export type { KernelAnswers, KernelEnding } from './tcp/answers';
export { type StateChange, stateEvent } from './tcp/changes';
export { StateTracker } from './tcp/tracker';
