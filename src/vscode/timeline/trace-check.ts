import { open } from 'node:fs/promises';
import { SocktraceDecoder, TraceFormatError } from '../../trace';

/** Enough for the head of a trace, where it says what it is and of which version. */
const HEAD = 64 * 1024;

/**
 * Looks at the head of a file before it is opened: returns the sentence that says why it is no trace that can be shown here, or null.
 * A trace that is cut off or damaged further on opens up to there; the view says so.
 */
export async function traceProblem(path: string): Promise<string | null> {
  try {
    const file = await open(path, 'r');
    try {
      const { bytesRead, buffer } = await file.read(new Uint8Array(HEAD), 0, HEAD, 0);
      if (bytesRead === 0) return `${path} is empty: the run that should have written it recorded nothing.`;
      new SocktraceDecoder().push(buffer.subarray(0, bytesRead));
      return null;
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof TraceFormatError) return error.message;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return `${path} does not exist any more; run the program again or open another trace.`;
    if (code === 'EISDIR') return `${path} is a folder; choose a .socktrace file in it.`;
    return `${path} cannot be read (${code ?? error}); check its permissions.`;
  }
}
