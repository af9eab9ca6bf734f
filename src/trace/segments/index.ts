/** A model of the segments behind a connection: provenance `model`, never `observed`. */
export { type Flag, type Segment, segmentsOf } from './segments';
