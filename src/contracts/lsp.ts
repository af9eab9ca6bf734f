/** What Socketscope adds to the Language Server Protocol. */

/** Client to server: the newest trace of this workspace; null forgets it. The server reads the file itself. Sent again while a run is live. */
export const RUN_FACTS = 'socketscope/runFacts';
export interface RunFactsParams {
  trace: string | null;
}

/** initializationOptions. */
export interface LanguageOptions {
  codeLens: boolean;
  /** Commands that the client has; a plain LSP editor has none and gets lenses without action. */
  commands: { runAndTrace: string | null; runWithClient?: string | null; showStep: string | null; openCard: string | null };
  /** Absolute folder of the cards (media/docs) and of the wasm grammars (dist). */
  docs: string;
  grammars: string;
}

/** Argument of the showStep command of a lens or hover link. */
export interface ShowStepArgs {
  trace: string;
  step: number;
}

/** Argument of the openCard command of a lens or hover link: the card media/docs/<id>.md. */
export interface OpenCardArgs {
  id: string;
}
