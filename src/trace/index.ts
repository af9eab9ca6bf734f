/** The pure model of a trace: what other folders may use of it. */
export { addressKey, covers, formatAddress, isLoopback, plainIp } from './addresses';
export { decodeWhole, SocktraceDecoder } from './codec/decoder';
export { encodeWhole, TraceEncoder } from './codec/encoder';
export { TraceFormatError } from './errors';
export type { NewSocket } from './socket-book';
export { type NewHeader, TraceStore } from './store';
export { type StateChange, StateTracker, stateEvent } from './tcp/tracker';
