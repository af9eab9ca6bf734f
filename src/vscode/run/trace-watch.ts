import * as vscode from 'vscode';
import type { TraceReader } from '../../contracts/trace-model';
import { SocktraceDecoder } from '../../trace';
import { FileTail } from '../file-tail';

/** How often listeners hear of growth, in ms: the status bar and the lenses need no more. */
const TELL_MS = 250;

/** Reads the trace of a live run as it grows and says what the run is doing. */
export class TraceWatch implements vscode.Disposable {
  private readonly decoder = new SocktraceDecoder();
  private readonly tail: FileTail;
  private readonly grown = new vscode.EventEmitter<void>();
  private timer: NodeJS.Timeout | null = null;
  private scanned = 0;
  private isListening = false;
  private setListening: (listening: boolean) => void = () => {};
  /** At most every 250 ms while events arrive. */
  readonly onDidGrow = this.grown.event;
  /** True once the run has a listening or bound socket; false when it ended without. */
  readonly listening: Promise<boolean>;

  constructor(path: string) {
    this.listening = new Promise((resolve) => {
      this.setListening = resolve;
    });
    this.tail = new FileTail(path, true, (bytes) => this.take(bytes));
  }

  /** Everything read so far. */
  get store(): TraceReader {
    return this.decoder.store;
  }

  /** Sockets that are open now. */
  get openSockets(): number {
    let open = 0;
    for (const socket of this.store.sockets) if (socket.death === null) open++;
    return open;
  }

  /** The file is complete: reads the rest. Returns a sentence when it could not be read to its end. */
  async finish(): Promise<string | null> {
    this.tail.end();
    try {
      await this.tail.done;
      return this.decoder.status().problem;
    } catch (error) {
      return (error as Error).message;
    } finally {
      this.setListening(this.isListening);
      this.tell();
    }
  }

  dispose(): void {
    this.tail.stop();
    this.setListening(this.isListening);
    if (this.timer) clearTimeout(this.timer);
    this.grown.dispose();
  }

  private take(bytes: Uint8Array): void {
    this.decoder.push(bytes);
    this.scan();
    this.timer ??= setTimeout(() => this.tell(), TELL_MS);
  }

  private tell(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.grown.fire();
  }

  private scan(): void {
    const { store } = this;
    for (let seq = this.scanned + 1; seq <= store.size && !this.isListening; seq++) {
      if (store.result(seq) !== 0) continue;
      const call = store.call(seq);
      // A datagram socket is ready once it is bound; a stream socket that is only bound refuses connections.
      const datagram = call === 'bind' && store.sockets[store.socketIndex(seq)]?.role === 'datagram';
      if (call === 'listen' || datagram) {
        this.isListening = true;
        this.setListening(true);
      }
    }
    this.scanned = store.size;
  }
}
