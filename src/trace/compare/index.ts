/** Two runs of one program, aligned. */
export { compareTraces } from './compare';
