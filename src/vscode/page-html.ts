import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** A page made of one bundle (`<name>.js`, `<name>.css`) of the webview folder; webview/README.md says what it must contain. */
export function pageHtml(webview: vscode.Webview, folder: vscode.Uri, name: string, title: string): string {
  const nonce = randomBytes(16).toString('base64url');
  const uri = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(folder, file)).toString();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource} 'nonce-${nonce}'`,
    `font-src ${webview.cspSource}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
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
<body>
<div id="app"></div>
</body>
</html>`;
}
