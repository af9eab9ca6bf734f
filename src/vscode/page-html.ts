import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

export interface PageOptions {
  /** The bundle in the webview folder: `<name>.js`, `<name>.css`. */
  name: string;
  title: string;
  /** Images of ours may be shown. */
  images?: boolean;
  /** The page translates its words by `vscode.l10n.bundle`, the table of the editor's language; English when there is none. */
  translated?: boolean;
  /** `data-` attributes of the body, by name without `data-`. */
  data?: Readonly<Record<string, string>>;
}

/** A page made of one bundle of the webview folder; webview/README.md says what it must contain. */
export function pageHtml(webview: vscode.Webview, folder: vscode.Uri, options: PageOptions): string {
  const { name, title, images = false, translated = false, data = {} } = options;
  const table = translated ? vscode.l10n.bundle : undefined;
  const nonce = randomBytes(16).toString('base64url');
  const uri = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(folder, file)).toString();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource} 'nonce-${nonce}'`,
    `font-src ${webview.cspSource}`,
    ...(images ? [`img-src ${webview.cspSource} data:`] : []),
  ].join('; ');
  const attributes = Object.entries({ ...data, ...(table ? { l10n: JSON.stringify(table) } : {}) }).map(
    ([key, value]) => ` data-${key}="${escapeAttribute(value)}"`,
  );
  return `<!DOCTYPE html>
<html lang="${table ? escapeAttribute(vscode.env.language) : 'en'}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${nonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="${uri('codicon.css')}">
<link rel="stylesheet" href="${uri(`${name}.css`)}">
<script nonce="${nonce}" src="${uri(`${name}.js`)}" defer></script>
</head>
<body${attributes.join('')}>
<div id="app"></div>
</body>
</html>`;
}

function escapeAttribute(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
