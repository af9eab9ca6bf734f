/** Translates: the English text is the key; `{0}`, `{1}` stand for the arguments. What the table does not have stays English. */
export type Translate = (message: string, ...values: (string | number)[]) => string;

/** `json`: the table that the host put into the page (`vscode.l10n.bundle`); none, or one that cannot be read, is English. */
export function translator(json: string | undefined): Translate {
  const table = read(json);
  return (message, ...values) => {
    const text = table[message];
    return (typeof text === 'string' ? text : message).replace(/\{(\d+)\}/g, (hole, at) => String(values[Number(at)] ?? hole));
  };
}

/** The table of this page; tests in plain Node have none. */
export const pageTable = (): string | undefined => globalThis.document?.body?.dataset.l10n;

function read(json: string | undefined): { [message: string]: unknown } {
  try {
    const table = JSON.parse(json ?? '{}');
    return typeof table === 'object' && table !== null ? table : {};
  } catch {
    return {};
  }
}
