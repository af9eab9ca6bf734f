// How the scripts talk: one line per thing that is done, plain when nobody looks at a terminal.
const colour = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code, text) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);

export const bold = (text) => paint(1, text);
export const dim = (text) => paint(2, text);
export const red = (text) => paint(31, text);
export const green = (text) => paint(32, text);
export const yellow = (text) => paint(33, text);

/** A line that says what is done now. */
export const say = (text) => console.log(`${bold('socketscope')} ${text}`);

/** Seconds since `began` (a Date.now()), such as `3.2 s`. */
export const since = (began) => `${((Date.now() - began) / 1000).toFixed(1)} s`;

/** An error whose message is all that the person needs: no stack trace is printed for it. */
export class Problem extends Error {}

/** Runs a script's main function; a Problem becomes one sentence and exit code 1 (2 is left to bad arguments). */
export async function main(run) {
  try {
    process.exitCode = (await run()) ?? 0;
  } catch (error) {
    console.error(red(error instanceof Problem ? error.message : (error.stack ?? String(error))));
    process.exitCode = 1;
  }
}
