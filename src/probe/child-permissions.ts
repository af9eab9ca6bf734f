/** A child that is started with Node's --permission on its command line could neither read the probe nor write its record. */

/** Node 20 calls it experimental. */
const PERMISSION = /^--(experimental-)?permission$/;

/**
 * The environment (`NAME=value`) for a child with these arguments: where Node's permission model is among them, NODE_OPTIONS allows what the
 * probe needs, as the runner does where the option stands in NODE_OPTIONS itself. Null where nothing has to change. Without the option Node
 * refuses to start with these (ERR_MISSING_OPTION), so a shell's children cannot be helped. `runFolder`: where the probe writes.
 */
export function permittedEnvironment(args: unknown, pairs: unknown, ownFile: string, runFolder: string): string[] | null {
  if (!Array.isArray(args) || !Array.isArray(pairs) || `${ownFile}${runFolder}`.includes(',')) return null;
  // After the script's name come the program's own arguments.
  const script = args.findIndex((argument, index) => index > 0 && !String(argument).startsWith('-'));
  const options = args.slice(1, script < 0 ? args.length : script).map(String);
  if (!options.some((option) => PERMISSION.test(option))) return null;
  const at = pairs.findIndex((pair) => String(pair).startsWith('NODE_OPTIONS=') && String(pair).includes(ownFile));
  if (at < 0 || /--(experimental-)?permission(\s|$)/.test(String(pairs[at]))) return null;
  const folder = `${runFolder.replace(/[\\/]$/, '')}/`;
  const allowed = [`--allow-fs-read=${ownFile}`, `--allow-fs-read=${folder}`, `--allow-fs-write=${folder}`].map(quoted).join(' ');
  return pairs.map((pair, index) => (index === at ? `${pair} ${allowed}` : String(pair)));
}

/** As Node reads NODE_OPTIONS (src/node_options.cc). */
const quoted = (value: string): string => (/[\s"\\]/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value);
