/** The bytes of connections: what was written, what was read, and where each byte was at a step. */
export { type SplitCharacter, StreamContent, splitByReads, splitCharacter } from './content';
export { type Datagram, type DatagramFate, datagramsFrom } from './datagram-flow';
export { socketIndexOf } from './ids';
export {
  type ByteStream,
  type ByteWay,
  type Cut,
  cutOf,
  followByte,
  movedAt,
  overlap,
  type Pieces,
  peerOf,
  pieceAt,
  piecesUpTo,
  startOf,
  streamFrom,
  streamTo,
  totalOf,
  type Whereabouts,
} from './stream';
export { type TextRun, textRuns } from './text';
