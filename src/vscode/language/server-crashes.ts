import type { CloseHandlerResult, ErrorHandler, ErrorHandlerResult } from 'vscode-languageclient/node';
import type { Messages } from '../messages';

/** So many ends within WITHIN ms are too many. */
const MOST = 5;
const WITHIN = 180_000;
/** Values of the library's ErrorAction and CloseAction, which is loaded only with the server. */
const CONTINUE = 1;
const DO_NOT_RESTART = 1;
const RESTART = 2;

/** What happens when the server ends by itself: it is started again, and the learner is told once; after five times within three minutes it stays away. */
export class ServerCrashes implements ErrorHandler {
  private readonly ends: number[] = [];
  private told = false;

  constructor(
    private readonly messages: Pick<Messages, 'warn' | 'error'>,
    /** Into the editor's language, as `vscode.l10n.t` does. */
    private readonly translate: (message: string, ...values: number[]) => string,
    private readonly now: () => number = Date.now,
  ) {}

  /** A message that could not be read or written: the next one may. */
  error(): ErrorHandlerResult {
    return { action: CONTINUE, handled: true };
  }

  closed(): CloseHandlerResult {
    const now = this.now();
    const t = this.translate;
    this.ends.push(now);
    while (this.ends[0]! < now - WITHIN) this.ends.shift();
    if (this.ends.length >= MOST) {
      this.messages.error(
        t(
          'Hints on socket calls stay away: their server ended {0} times within three minutes. The log "Socketscope" says why; reload the window to start it again.',
          MOST,
        ),
      );
      return { action: DO_NOT_RESTART, handled: true };
    }
    if (!this.told) {
      this.told = true;
      this.messages.warn(t('The server behind the hints on socket calls ended and was started again. Nothing of yours is lost.'));
    }
    return { action: RESTART, handled: true };
  }
}
