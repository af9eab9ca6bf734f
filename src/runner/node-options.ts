/** How the probe gets into a process: NODE_OPTIONS, ours first, then the user's own, unchanged. */

/** A value of NODE_OPTIONS as Node reads it (src/node_options.cc): in double quotes, with `\` before `"` and `\`, when it holds a space or quote. */
export function quoteNodeOption(value: string): string {
  return /[\s"\\]/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value;
}

/**
 * NODE_OPTIONS with the probe preloaded. The user's options stay as they were, after ours; a probe that is already in them
 * (a traced terminal inside a traced terminal) is not loaded twice.
 */
export function withProbe(userOptions: string | undefined, probePath: string): string {
  const ours = `--require ${quoteNodeOption(probePath)}`;
  const rest = (userOptions ?? '').split(ours).join(' ').trim();
  return rest === '' ? ours : `${ours} ${rest}`;
}
