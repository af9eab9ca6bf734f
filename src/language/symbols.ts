/** Sockets of a document in the outline, and what Node takes in listen() when it is left out. */
import { type DocumentSymbol, type InlayHint, SymbolKind } from 'vscode-languageserver';
import { APIS, DEFAULT_BACKLOG } from '../knowledge';
import type { SocketCall } from './analysis';

const OUTLINED =
  /createServer$|^server\.listen$|^net\.(?:connect|createConnection|Socket)$|^socket\.connect$|^tls\.connect$|^dgram\.(?:createSocket|bind)$/;

/** Calls that make or name a socket. */
export function symbolsOf(calls: readonly SocketCall[]): DocumentSymbol[] {
  return calls
    .filter(({ api, seen }) => OUTLINED.test(api) && !seen)
    .map(({ api, name, args }) => {
      const port = args.port.is === 'literal' ? String(args.port.value) : '';
      const where =
        args.path.is === 'literal' ? args.path.value : [args.host.is === 'literal' ? args.host.value : '', port].filter(Boolean).join(':');
      return { name: APIS[api].title, detail: where, kind: SymbolKind.Event, range: name, selectionRange: name };
    });
}

/** `listen(8080)`: host and backlog that Node takes. Only where the source says that they are left out. */
export function hintsOf(calls: readonly SocketCall[]): InlayHint[] {
  return calls
    .filter(({ api, args, seen }) => api === 'server.listen' && !seen && !args.existing)
    .flatMap(({ name, args }) => {
      const parts: string[] = [];
      if (args.host.is === 'absent' && args.path.is === 'absent') parts.push('host: ::');
      if (args.backlog.is === 'absent') parts.push(`backlog: ${DEFAULT_BACKLOG}`);
      return parts.length
        ? [{ position: name.end, label: ` ${parts.join(', ')} `, paddingLeft: true, tooltip: 'What Node takes when it is left out' }]
        : [];
    });
}
