/** What Socketscope adds to the Language Server Protocol. */

/** Client to server: the newest trace of this workspace; null forgets it. The server reads the file itself. Sent again while a run is live. */
export const RUN_FACTS = 'socketscope/runFacts';
export interface RunFactsParams {
  trace: string | null;
}

/**
 * Client to server, TextDocumentPositionParams: where the other end of the connection is, as Location[]; empty when it is not known.
 * The same answer as `textDocument/declaration`.
 */
export const OTHER_END = 'socketscope/otherEnd';

/** Groups of lenses that can be turned off one by one. */
export const LENS_KINDS = [
  'createServer',
  'listen',
  'connect',
  'data',
  'write',
  'end',
  'setTimeout',
  'setKeepAlive',
  'setNoDelay',
  'datagram',
  'close',
] as const;
export type LensKind = (typeof LENS_KINDS)[number];

/** What a user may change while the server runs: the section `socketscope` of `workspace/didChangeConfiguration`. */
export interface LanguageSettings {
  codeLens: { hide: readonly string[] };
  /** `ignoreRules`: ids of rules, or of misconceptions (M02). */
  diagnostics: { enabled: boolean; ignoreRules: readonly string[] };
  inlayHints: { enabled: boolean };
}

export const DEFAULT_SETTINGS: LanguageSettings = {
  codeLens: { hide: [] },
  diagnostics: { enabled: true, ignoreRules: [] },
  inlayHints: { enabled: false },
};

/** `data` of a diagnostic. */
export interface RemarkData {
  rule: string;
  misconception: string;
  /** Id of the exercise that trains it. */
  exercise: string;
  card: string;
  /** The step that shows it; null without a run. */
  step: ShowStepArgs | null;
}

/** initializationOptions. */
export interface LanguageOptions {
  codeLens: boolean;
  /** Absent: the defaults. */
  settings?: LanguageSettings;
  /** Commands that the client has; a plain LSP editor has none and gets lenses without action. */
  commands: {
    runAndTrace: string | null;
    runWithClient?: string | null;
    showStep: string | null;
    openCard: string | null;
    startExercise?: string | null;
  };
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
