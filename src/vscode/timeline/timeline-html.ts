import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** The page of a timeline, as webview/README.md wants it. `trace` is kept in the webview's state, so that a reload of the window finds it. */
export function timelineHtml(webview: vscode.Webview, folder: vscode.Uri, trace: string): string {
  const nonce = randomBytes(16).toString('base64url');
  const uri = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(folder, name)).toString();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource} 'nonce-${nonce}'`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data:`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${nonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Socketscope Timeline</title>
<link rel="stylesheet" href="${uri('codicon.css')}">
<link rel="stylesheet" href="${uri('timeline.css')}">
<script nonce="${nonce}" src="${uri('timeline.js')}" defer></script>
</head>
<body data-trace="${escapeAttribute(trace)}">
<div id="app"></div>
</body>
</html>`;
}

function escapeAttribute(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
