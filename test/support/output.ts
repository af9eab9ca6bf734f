import type { ChildProcess } from 'node:child_process';

/** What a child prints, whole once it has closed. */
export interface Output {
  stdout: string;
  stderr: string;
}

/** Gathers what `child` prints; both of its outputs must be pipes. */
export function gather(child: ChildProcess): Output {
  const output: Output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]!.on('data', (chunk) => {
      output[name] += chunk;
    });
  return output;
}
