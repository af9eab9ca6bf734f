/** Reading of command lines, with sentences for what is wrong in them. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UserError } from '../runner/program';

type Options = NonNullable<ParseArgsConfig['options']>;

/** As node:util parseArgs; a mistake becomes a UserError that names the option. */
export function parse<O extends Options>(command: string, args: string[], options: O) {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true, tokens: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const option = /'(-[^' <]*)/.exec(message)?.[1] ?? args.find((arg) => arg.startsWith('-')) ?? 'the command line';
    if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION')
      throw new UserError(`${option}: ${command} has no such option; socketscope --help lists them`);
    if (code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE')
      throw new UserError(
        `${option}: ${/does not take/.test(message) ? 'takes no value' : 'needs a value after it'}; socketscope --help shows how`,
      );
    throw new UserError(`${option}: cannot be understood (${message})`);
  }
}

/** A whole number in a range, else a UserError. */
export function wholeNumber(option: string, text: string | undefined, low: number, high: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < low || value > high)
    throw new UserError(`${option} ${text}: must be a whole number from ${low} to ${high}`);
  return value;
}

/** Exactly one file name. */
export function oneFile(command: string, positionals: readonly string[]): string {
  if (positionals.length === 0) throw new UserError(`${command}: name a trace file (FILE.socktrace)`);
  if (positionals.length > 1) throw new UserError(`${command}: ${positionals[1]} is one file too many; name one trace`);
  return positionals[0]!;
}

/** `--payload N|all`: undefined when it is not there. */
export function payloadOption(text: string | undefined): number | 'all' | undefined {
  if (text === 'all' || text === undefined) return text;
  if (!/^\d+$/.test(text) || Number(text) > 65536) throw new UserError(`--payload ${text}: must be a whole number from 0 to 65536, or all`);
  return Number(text);
}

const UNITS: Record<string, number> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };
/** Less would not even hold the names of a program's lines. */
const LEAST = 64 * 1024;

/** `--max-bytes 512M`: a number of bytes, of KiB (K), MiB (M) or GiB (G). */
export function sizeOption(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, digits, unit = ''] = /^(\d+)(?:([KMG])(?:i?B)?)?$/i.exec(text) ?? [];
  const value = digits === undefined ? 0 : Number(digits) * UNITS[unit.toUpperCase()]!;
  if (value < LEAST || value > Number.MAX_SAFE_INTEGER)
    throw new UserError(`${option} ${text}: must be a size of at least 64K, such as 512M or 2G`);
  return value;
}
