/** Reads a `.socktrace` that may still grow, only its new bytes each time. */
import { type FileHandle, open } from 'node:fs/promises';
import type { TraceReader } from '../contracts/trace-model';
import { SocktraceDecoder } from '../trace';

const CHUNK = 1 << 20;

export class TraceTail {
  private readonly decoder = new SocktraceDecoder();
  private offset = 0;
  private reading: Promise<boolean> | null = null;
  /** Why nothing more can be read; null while all is well. */
  problem: string | null = null;

  constructor(readonly path: string) {}

  get reader(): TraceReader {
    return this.decoder.store;
  }

  /** Takes in what was added. True when there is anything new. Never rejects: a missing file has no facts, a damaged one those before the damage. */
  async read(): Promise<boolean> {
    while (this.reading) await this.reading;
    this.reading = this.readOn();
    try {
      return await this.reading;
    } finally {
      this.reading = null;
    }
  }

  private async readOn(): Promise<boolean> {
    if (this.problem) return false;
    let file: FileHandle | null = null;
    const before = this.offset;
    try {
      file = await open(this.path, 'r');
      const buffer = new Uint8Array(CHUNK);
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, CHUNK, this.offset);
        if (bytesRead === 0) break;
        this.offset += bytesRead;
        // A copy: the decoder may keep views of what it is given.
        this.decoder.push(buffer.slice(0, bytesRead));
      }
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT') this.problem = message;
    } finally {
      await file?.close();
    }
    return this.offset > before;
  }
}
