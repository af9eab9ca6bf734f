/** How the probe gets into a process: NODE_OPTIONS, ours first, then the user's own, unchanged. */

/** A value of NODE_OPTIONS as Node reads it (src/node_options.cc): in double quotes, with `\` before `"` and `\`, when it holds a space or quote. */
export function quoteNodeOption(value: string): string {
  return /[\s"\\]/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value;
}

/** Node 20 calls it experimental. */
const PERMISSION = /(^|\s)--(experimental-)?permission(\s|$)/;

/**
 * What a program needs to be recorded where the user's options put it under Node's permission model: to read the probe, and to read and
 * write the run's own folder. Nothing where they do not (Node refuses these options then), nor for a path with a comma, which Node would
 * take for two. An option on a command line, not in NODE_OPTIONS, cannot be known here; such a program leaves no record.
 */
function permissions(userOptions: string, probePath: string, runFolder: string | undefined): string {
  if (runFolder === undefined || !PERMISSION.test(userOptions) || `${probePath}${runFolder}`.includes(',')) return '';
  const folder = `${runFolder.replace(/[\\/]$/, '')}/`;
  const options = [`--allow-fs-read=${probePath}`, `--allow-fs-read=${folder}`, `--allow-fs-write=${folder}`];
  return ` ${options.map(quoteNodeOption).join(' ')}`;
}

/**
 * NODE_OPTIONS with the probe preloaded. The user's options stay as they were, after ours; a probe that is already in them
 * (a traced terminal inside a traced terminal) is not loaded twice. `runFolder`: where the probe will write.
 */
export function withProbe(userOptions: string | undefined, probePath: string, runFolder?: string): string {
  const ours = `--require ${quoteNodeOption(probePath)}`;
  const rest = (userOptions ?? '').split(ours).join(' ').trim();
  const all = `${ours}${permissions(rest, probePath, runFolder)}`;
  return rest === '' ? all : `${all} ${rest}`;
}
