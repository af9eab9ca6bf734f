/** Width of the column with the names of the lanes. */
export function gutterFor(width: number): number {
  return Math.round(Math.min(232, Math.max(112, width * 0.24)));
}
