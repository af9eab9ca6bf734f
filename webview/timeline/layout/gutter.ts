/** Width of the column with the names of the lanes. */
export function gutterFor(width: number): number {
  return Math.round(Math.min(232, Math.max(120, width * 0.26)));
}
